// The computer that was last in focus or opened: where `j` and `k` go on from, also after coming
// back from its page.

class Cursor {
  id = $state<number | null>(null);
}

export const cursor = new Cursor();
