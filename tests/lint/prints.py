#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds text that is printed without having been made safe for a terminal.

usage: prints.py FILE...

Every argument that a %s of g_print(), g_printerr() or cli_say() takes must be called shown
or shown_something, which is what partita_text_show() and partita_file_display()
gave, or be one of our own words, which are listed here.
"""

import re
import sys

OWN = re.compile(r"""
    "[^"]*"                               # a literal
  | shown(_\w+)?
  | PARTITA_VERSION
  | cli_commands\[i\]->(name|summary) | command->(name|arguments)
  | partita_key_name\(.*\)               # one of twenty-four
  | partita_nn_backend_get_\w+\(.*\)
  | .*\?\s*"[^"]*"\s*:\s*"[^"]*"          # one of two literals
  | e->types\[i\]\.type                   # of the vocabulary's own words
  | loss->scheme | scheme                 # one of three
  | json_object_get_string_member\(object,\s*"scheme"\)
  | furthest                              # a measure
  | option | \*value                      # completions: from our own tables
  | tempo | pieces | instruments          # numbers, and programs by our names
  | plan->reason                          # from our own sentences
  | name | title | what                   # of our own tables
  | pair\[0\]                             # a control
  """, re.VERBOSE | re.DOTALL)


def find_calls(text):
    """Line and inner text of every call."""
    for match in re.finditer(r"\b(?:g_print(?:err)?|cli_say)\(", text):
        depth, at, quoted = 1, match.end(), False
        while depth > 0:
            c = text[at]
            if quoted and c == "\\":
                at += 1
            elif c == '"':
                quoted = not quoted
            elif not quoted:
                depth += {"(": 1, ")": -1}.get(c, 0)
            at += 1
        yield text.count("\n", 0, match.start()) + 1, text[match.end():at - 1]


def split(arguments):
    """At commas that stand in no quotes or brackets."""
    parts, depth, quoted, part = [], 0, False, ""
    for i, c in enumerate(arguments):
        if c == '"' and arguments[i - 1:i] != "\\":
            quoted = not quoted
        if not quoted:
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(c, 0)
        if c == "," and depth == 0 and not quoted:
            parts.append(part.strip())
            part = ""
        else:
            part += c
    return parts + [part.strip()]


def find_bad(text):
    for line, inner in find_calls(text):
        form, *given = split(inner)
        form = re.sub(r'G_GU?INT64_FORMAT', '"llu"', form)
        form = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', form))
        wanted = re.findall(r"%[-+ 0#]*(\*)?\d*(?:\.(?:\d+|(\*)))?"
                            r"(?:hh|h|ll|l|z|j)?([a-zA-Z%])", form)
        at = 0
        for star, point, letter in wanted:
            if letter == "%":
                continue
            at += bool(star) + bool(point)
            if letter == "s" and not OWN.fullmatch(given[at]):
                yield line, given[at]
            at += 1


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for line, argument in find_bad(file.read()):
                print(f"{path}:{line}: {argument} is printed as it is")


if __name__ == "__main__":
    main()
