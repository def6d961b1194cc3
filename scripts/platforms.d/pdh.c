/* Wine 8's pdh.dll lacks a function that sysinfo imports, so the program would not start. This stub reports every
 * processor as 87.5 percent idle, so that the test can check that the value arrives in the answer. Only for the test. */
#include <windows.h>

typedef struct { DWORD status; union { LONG whole; double fraction; LONGLONG large; } value; } COUNTER_VALUE;

#define OK __declspec(dllexport) LONG WINAPI

OK PdhEnumObjectsW(LPCWSTR source, LPCWSTR machine, LPWSTR list, LPDWORD size, DWORD detail, BOOL refresh) { return 0; }
OK PdhOpenQueryW(LPCWSTR source, DWORD_PTR user, HANDLE *query) { *query = (HANDLE)1; return 0; }
OK PdhCloseQuery(HANDLE query) { return 0; }
OK PdhAddEnglishCounterW(HANDLE query, LPCWSTR path, DWORD_PTR user, HANDLE *counter) { *counter = (HANDLE)2; return 0; }
OK PdhRemoveCounter(HANDLE counter) { return 0; }
OK PdhCollectQueryData(HANDLE query) { return 0; }
OK PdhCollectQueryDataEx(HANDLE query, DWORD seconds, HANDLE event) { return 0; }
OK PdhGetFormattedCounterValue(HANDLE counter, DWORD format, LPDWORD type, COUNTER_VALUE *found) {
    found->status = 0;
    found->value.fraction = 87.5;
    return 0;
}
