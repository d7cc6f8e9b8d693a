"""How sure an answer about a co-commissioning level may be, from the source rows alone.

Arguments: the tables of levels held and of levels not held. In: JSON lines, each a CCG, a first of
a month, and the answers given for its functions: level, confidence. Out: a line for each answer
that is surer than the rows allow, then how many answers there were, by what was allowed.
Written from the table of how evidence is read, not from the register.
"""

import collections
import csv
import datetime
import json
import sys

ORDER = ["none", "disputed", "unconfirmed", "derived", "confirmed"]


def rows_of(held, denied):
    """The rows of each CCG: first day, last day, middle, level, what it says, how sure at most."""
    found = collections.defaultdict(list)
    for path, is_denial in ((held, False), (denied, True)):
        for row in csv.DictReader(open(path, encoding="utf-8")):
            text = row["date"]
            if not text:
                continue
            month = row.get("date_precision") == "month" or len(text) == 7
            first = datetime.date.fromisoformat(text[:7] + "-01" if month else text)
            last = first
            if month:
                last = (first + datetime.timedelta(31)).replace(day=1) - datetime.timedelta(1)
            middle = first + (last - first) // 2
            word = "NOT" if is_denial else row["evidence"]
            weak = row.get("confidence", "high") != "high"
            weak = weak or any(w in row["note"] for w in ("indirect", "only the title"))
            level = row["level_not_held" if is_denial else "level"]
            cap = "unconfirmed" if weak else "confirmed"
            found[row["ccg_code"]].append((first, last, middle, level, word, cap))
    return found


def year_end(day):
    """The last day of the financial year in which a day lies."""
    return datetime.date(day.year + (day.month > 3), 3, 31)


def allowed(rows, level, day):
    """The surest that the rows of a CCG let anyone say that it had a level on a day."""
    best = "none"
    for first, last, middle, own, word, cap in rows:
        if own != level or word == "NOT":
            continue
        others = [row for row in rows if row[3] == level or row[4] != "NOT"]
        later = [row for row in others if row[0] > first]
        following = min((row[0] for row in later), default=datetime.date.max)
        agreeing = [row for row in rows if row[3] == level and row[4] == "IN_FORCE"]
        agreeing = [row for row in agreeing if first < row[0]]
        against = [row[0] for row in rows if (row[4] == "NOT") == (row[3] == level)]
        said = "none"
        if first <= day <= last and day != middle:
            said = "unconfirmed"
        elif first <= day < following:
            in_year = day <= year_end(first)
            said = {
                "STARTED": "confirmed" if in_year else "derived",
                "APPROVED": "unconfirmed",
                "IN_FORCE": "confirmed" if day == middle else "derived" if in_year
                else "unconfirmed",
                "INFERRED": "unconfirmed" if in_year else "none",
            }[word]
            denied_next = any(row[0] == following and row[4] == "NOT" for row in later)
            if denied_next and day != middle:
                said = least(said, "unconfirmed")
        for row in agreeing:
            if last < day < row[2] and not any(first <= other <= row[0] for other in against):
                said = most(said, "derived")
        best = most(best, least(said, cap))
    return best


def least(*words):
    """The least sure of several."""
    return min(words, key=ORDER.index)


def most(*words):
    """The surest of several."""
    return max(words, key=ORDER.index)


def main(held, denied):
    """Reads answers, and says which are surer than the rows allow."""
    rows, counted = rows_of(held, denied), collections.Counter()
    for line in sys.stdin:
        asked = json.loads(line)
        day = datetime.date.fromisoformat(asked["day"])
        for level, sure in asked["answers"]:
            may = allowed(rows[asked["ccg"]], level, day)
            counted[f"{sure} of {may}"] += 1
            if ORDER.index(sure) > ORDER.index(may):
                print(f"{asked['ccg']} on {day}: level {level} is {sure}; the rows allow {may}")
    print(json.dumps(counted))


if __name__ == "__main__":
    main(*sys.argv[1:])
