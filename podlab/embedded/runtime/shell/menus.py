"""bash's `select`: its list of choices, and what was chosen.

Upstream: bash's execute_cmd.c (print_select_list, select_query)
"""

from __future__ import annotations

from podlab.embedded.runtime.shell.state import Shell


def menu(words: list[str], width: int) -> str:
    """The words with their numbers, in as many columns as fit, with tabs between them."""
    digits = len(str(len(words)))
    widest = max(len(word) for word in words) + digits + 4
    columns = max(1, width // widest)
    rows = -(-len(words) // columns)
    columns = -(-len(words) // rows)
    if rows == 1:
        rows, columns = columns, 1
    text = ""
    for row in range(rows):
        begin = 0
        for at in range(row, len(words), rows):
            number = len(str(rows)) if begin == 0 else digits
            text += f"{at + 1:{number}}) {words[at]}"
            if at + rows < len(words):
                text += _gap(begin + number + 2 + len(words[at]), begin + widest)
            begin += widest
        text += "\n"
    return text


def _gap(begin: int, end: int) -> str:
    """Tabs and blanks from one column to another."""
    text = ""
    while begin < end:
        if end // 8 > begin // 8:
            text, begin = f"{text}\t", begin + 8 - begin % 8
        else:
            text, begin = f"{text} ", begin + 1
    return text


async def choice(shell: Shell, words: list[str], *, shown: bool) -> str | None:
    """Ask until a line comes that is not empty: the word that its number means, or ""; None at the end."""
    while True:
        if shown:
            width = shell.variables.get("COLUMNS", "")
            shell.io.err(menu(words, int(width[:4]) if width.isdecimal() else 80).encode(errors="surrogateescape"))
        shell.io.err(shell.variables.get("PS3", "#? ").encode(errors="surrogateescape"))
        line = (await shell.io.stdin.line()).decode("utf-8", "surrogateescape")
        if not line.endswith("\n"):
            shell.io.say("")
            return None
        reply = line.strip(" \t\n")
        shell.assign("REPLY", reply)
        if reply:
            chosen = int(reply[:6]) if reply.isdecimal() else 0
            return words[chosen - 1] if 0 < chosen <= len(words) else ""
        shown = True
