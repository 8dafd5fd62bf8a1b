"""Takes a Swift file apart, as far as the checks need: code without comments and string contents, and comments."""

import bisect
import re

TOKEN = re.compile(r'//|/\*|#*"""|#*"|#+/|[()]|/')
REGEX_LITERAL = re.compile(r"/(?![\s/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/")
BLOCK_MARK = re.compile(r"/\*|\*/")
NOT_NEWLINE = re.compile(r"[^\n]")


class SwiftSource:
    """`code` has the length and lines of the text, with blanks for comments and for what stands in strings.

    Code inside `\\( … )` of a string stays code.
    """

    def __init__(self, text):
        self.text = text
        self._pieces = []
        self._kept = 0
        self.comments = []
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._scan_code(0, None)
        self._pieces.append(text[self._kept:])
        self.code = "".join(self._pieces)

    def line_of(self, offset):
        return bisect.bisect_left(self._newlines, offset) + 1

    def _blank(self, start, end):
        self._pieces.append(self.text[self._kept:start])
        self._pieces.append(NOT_NEWLINE.sub(" ", self.text[start:end]))
        self._kept = end

    def _scan_code(self, position, depth):
        """Scans code; with a depth, to the parenthesis that closes an interpolation. Returns where it ended."""
        while match := TOKEN.search(self.text, position):
            token, start = match.group(), match.start()
            if token in "()":
                if depth is not None:
                    depth += 1 if token == "(" else -1
                    if depth == 0:
                        return match.end()
                position = match.end()
            elif token == "//":
                position = self._comment(start, self._end_of_line(start))
            elif token == "/*":
                position = self._comment(start, self._end_of_block(start))
            elif token.endswith('"'):
                position = self._scan_string(start, token)
            else:
                position = self._scan_slash(start, match.end(), token)
        return len(self.text)

    def _comment(self, start, end):
        self.comments.append((start, self.text[start:end]))
        self._blank(start, end)
        return end

    def _end_of_line(self, start):
        end = self.text.find("\n", start)
        return len(self.text) if end < 0 else end

    def _end_of_block(self, start):
        depth = 0
        for mark in BLOCK_MARK.finditer(self.text, start):
            depth += 1 if mark.group() == "/*" else -1
            if depth == 0:
                return mark.end()
        return len(self.text)

    def _scan_slash(self, start, end, token):
        """A regex literal, where one can stand; else a division."""
        if token != "/":
            close = self.text.find("/" + "#" * (len(token) - 1), end)
            close = len(self.text) if close < 0 else close
            self._blank(end, close)
            return close + len(token)
        before = self.text[max(0, start - 80):start].rstrip(" ")
        literal = REGEX_LITERAL.match(self.text, start)
        if literal and (not before or before[-1] in "(=,[:{&|!\n" or before.endswith(" return")):
            self._blank(start + 1, literal.end() - 1)
            return literal.end()
        return end

    def _scan_string(self, start, opening):
        hashes = opening.count("#")
        is_multiline = opening.endswith('"""')
        close = ('"""' if is_multiline else '"') + "#" * hashes
        escape = "\\" + "#" * hashes
        stop = re.compile(
            re.escape(escape) + r"[\s\S]|" + re.escape(close) + ("" if is_multiline else "|\n"))
        kept = position = start + len(opening)
        while match := stop.search(self.text, position):
            found = match.group()
            if found == close or found == "\n":
                self._blank(kept, match.start())
                return match.end()
            position = match.end()
            if found.endswith("("):
                self._blank(kept, match.start())
                kept = position = self._scan_code(position, 1)
        self._blank(kept, len(self.text))
        return len(self.text)
