-- The tables as the last release of the Flask server made them. A fresh database begins with these,
-- so that it takes the same steps from here on as one that the Flask server left behind, which gets
-- from here what its release did not have yet.
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE IF NOT EXISTS computers (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, url TEXT NOT NULL, token TEXT NOT NULL, last_seen TIMESTAMP, status TEXT DEFAULT 'offline');
CREATE TABLE IF NOT EXISTS stats (id INTEGER PRIMARY KEY AUTOINCREMENT, computer_id INTEGER, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, cpu_percent REAL, memory_total INTEGER, memory_used INTEGER, memory_percent REAL, disk_total INTEGER, disk_used INTEGER, disk_percent REAL, network_bytes_sent INTEGER, network_bytes_recv INTEGER, network_sent_per_sec REAL DEFAULT 0, network_recv_per_sec REAL DEFAULT 0, FOREIGN KEY (computer_id) REFERENCES computers (id));
CREATE TABLE IF NOT EXISTS processes (id INTEGER PRIMARY KEY AUTOINCREMENT, computer_id INTEGER, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, pid INTEGER, name TEXT, cpu_percent REAL, memory_percent REAL, create_time REAL, FOREIGN KEY (computer_id) REFERENCES computers (id));
