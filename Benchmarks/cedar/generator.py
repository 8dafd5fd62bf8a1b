"""Random policies, entities and requests over one schema, the same for the same seed."""

import random

SCHEMA = """
entity Team in [Team];
entity User in [Team] {
  level: Long, name: String, active: Bool, boss?: User, home: ipaddr, score: decimal, born: datetime,
  quota: duration, roles: Set<String>, addr: { city: String, zip?: Long }
} tags Long;
entity Folder in [Folder];
entity File in [Folder] { owner: User, size: Long, label: String, note?: String, readers: Set<User> };
action all;
action read, write in [all] appliesTo {
  principal: [User], resource: [File],
  context: { n: Long, s: String, ip: ipaddr, at: datetime, flag: Bool, opt?: Long, rec: { a?: Long }, who: User }
};
"""

LONGS = [0, 1, 2, 3, 7, 10, -1, -5, 100, 2**31, 2**62, 2**63 - 1, -(2**63) + 1]
STRINGS = ["", "a", "ab", "abc", "b*", "é", "e\u0301", "函关", "\\", '"', "\n", "admin", "audit", "staff"]
PATTERNS = ["*", "a*", "*b", "a*c", "*\\**", "é", "*函*", "", "*a*b*", "adm*"]
ADDRESSES = ["10.0.0.1", "10.0.0.0/8", "127.0.0.1", "::1", "ff00::1", "224.0.0.1", "192.168.1.0/24", "::/0"]
DECIMALS = ["0.0", "1.5", "-1.5", "922337203685477.5807", "0.0001", "12.34"]
INSTANTS = ["1970-01-01", "2024-02-29T23:59:59Z", "2025-06-01T08:00:00.123+0800", "1969-12-31T23:59:59.999Z"]
DURATIONS = ["0ms", "1d", "-1h30m", "5s250ms", "1d2h3m4s5ms", "-999d"]
KINDS = ["Bool", "Long", "String", "User", "ip", "decimal", "datetime", "duration", "SetLong", "SetString", "SetUser"]


def quoted(text):
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        # In some sets every operand has the right type, in others a few have not.
        self.mistakes = self.random.choice([0, 0, 0.03, 0.08])
        self.pick = self.random.choice

    def chance(self, share):
        return self.random.random() < share

    # Names of entities; the highest of each kind are never in the store.
    def user(self):
        return f"u{self.random.randrange(9)}"

    def file(self):
        return f"f{self.random.randrange(7)}"

    def expression(self, kind, depth):
        if self.chance(self.mistakes):
            kind = self.pick(KINDS)
        if depth > 0 and self.chance(0.12):
            condition = self.expression("Bool", depth - 1)
            return f"(if {condition} then {self.expression(kind, depth - 1)} else {self.expression(kind, depth - 1)})"
        return getattr(self, "make_" + kind)(depth - 1)

    def make_Bool(self, depth):
        e = lambda kind: self.expression(kind, depth)
        if depth <= 0:
            return self.pick(["true", "false", "context.flag", "principal.active", "context.who.active",
                              "(principal has boss)", "(resource has note)", "(context has opt)", "(principal == context.who)",
                              "(principal == resource.owner)", "resource.readers.contains(principal)"])
        return self.pick([
            lambda: f"({e('Bool')} && {e('Bool')})", lambda: f"({e('Bool')} || {e('Bool')})",
            lambda: f"!({e('Bool')})", lambda: f"({e('Long')} {self.pick(['<', '<=', '>', '>=', '==', '!='])} {e('Long')})",
            lambda: self.equal(e), lambda: f"({e('String')} like {chr(34)}{self.pick(PATTERNS)}{chr(34)})",
            lambda: f"({e('User')} in Team::\"t{self.random.randrange(6)}\")",
            lambda: f"({e('User')} in [Team::\"t{self.random.randrange(6)}\", {e('User')}])",
            lambda: f"(resource in Folder::\"d{self.random.randrange(5)}\")",
            lambda: f"({e('User')} is User)", lambda: f"(resource is File in Folder::\"d{self.random.randrange(5)}\")",
            lambda: f"({e('User')} has {self.pick(['boss', 'level', 'addr.zip', 'missing', 'boss.boss'])})",
            lambda: f"{e('SetLong')}.{self.pick(['contains', 'contains'])}({e('Long')})",
            lambda: f"{e('SetString')}.{self.pick(['containsAll', 'containsAny'])}({e('SetString')})",
            lambda: f"{e('SetUser')}.{self.pick(['containsAll', 'containsAny'])}({e('SetUser')})",
            lambda: f"{self.pick(['resource.readers', 'principal.roles', e('SetLong')])}.isEmpty()",
            lambda: f"{e('ip')}.{self.pick(['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast'])}()",
            lambda: f"{e('ip')}.isInRange({e('ip')})",
            lambda: f"{e('decimal')}.{self.pick(['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'])}({e('decimal')})",
            lambda: f"({e('datetime')} {self.pick(['<', '<=', '>', '>='])} {e('datetime')})",
            lambda: f"({e('duration')} {self.pick(['<', '<=', '>', '>='])} {e('duration')})",
            lambda: f"(principal.hasTag({e('String')}) && principal.getTag({e('String')}) > {e('Long')})",
            lambda: f"(context has opt && context.opt > {e('Long')})",
            lambda: f"(principal has boss && principal.boss.level > {e('Long')})",
            lambda: f"(context.rec has a && context.rec.a == {e('Long')})",
        ])()

    def equal(self, e):
        kind = self.pick(KINDS)
        return f"({e(kind)} {self.pick(['==', '!='])} {e(kind)})"

    def make_Long(self, depth):
        e = lambda: self.expression("Long", depth)
        if depth <= 0:
            return self.pick(["context.n", "principal.level", "resource.size", "context.who.level",
                              *[str(n) if n >= 0 else f"({n})" for n in self.random.sample(LONGS, 3)]])
        return self.pick([
            lambda: f"({e()} {self.pick(['+', '-', '*'])} {e()})", lambda: f"(-{e()})", e,
            lambda: "principal.addr.zip", lambda: f"principal.getTag({self.expression('String', depth)})",
            lambda: f"{self.expression('duration', depth)}.{self.pick(['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays'])}()",
            lambda: f"{{a: {e()}, \"b c\": true}}.a", lambda: f"{{a: {e()}}}[\"a\"]",
        ])()

    def make_String(self, depth):
        return self.pick(["context.s", "principal.name", "resource.label", "principal.addr.city", "resource.note",
                          *map(quoted, self.random.sample(STRINGS, 4))])

    def make_User(self, depth):
        return self.pick(["principal", "context.who", "resource.owner", "principal.boss", f'User::"{self.user()}"'])

    def make_ip(self, depth):
        return self.pick(["context.ip", "principal.home", f'ip("{self.pick(ADDRESSES)}")'])

    def make_decimal(self, depth):
        return self.pick(["principal.score", f'decimal("{self.pick(DECIMALS)}")'])

    def make_datetime(self, depth):
        plain = self.pick(["context.at", "principal.born", f'datetime("{self.pick(INSTANTS)}")'])
        if depth <= 0:
            return plain
        return self.pick([plain, f"{plain}.toDate()", f"{plain}.offset({self.expression('duration', depth)})"])

    def make_duration(self, depth):
        plain = self.pick(["principal.quota", f'duration("{self.pick(DURATIONS)}")'])
        if depth <= 0:
            return plain
        instant = lambda: self.expression("datetime", depth)
        return self.pick([lambda: plain, lambda: f"{instant()}.durationSince({instant()})",
                          lambda: f"{instant()}.toTime()"])()

    def set_of(self, kind, depth):
        return "[" + ", ".join(self.expression(kind, depth) for _ in range(self.random.randint(1, 3))) + "]"

    def make_SetLong(self, depth):
        return self.set_of("Long", depth)

    def make_SetString(self, depth):
        return self.pick(["principal.roles", self.set_of("String", depth)])

    def make_SetUser(self, depth):
        return self.pick(["resource.readers", self.set_of("User", depth)])

    def policy(self):
        principal = self.pick(["principal"] * 3 + [f'principal == User::"{self.user()}"', "principal is User",
                              f'principal in Team::"t{self.random.randrange(6)}"',
                              f'principal is User in Team::"t{self.random.randrange(6)}"'])
        action = self.pick(["action"] * 2 + ['action == Action::"read"', 'action in Action::"all"',
                           'action in [Action::"write", Action::"read"]'])
        resource = self.pick(["resource"] * 3 + [f'resource == File::"{self.file()}"', "resource is File",
                             f'resource in Folder::"d{self.random.randrange(5)}"'])
        text = f"{self.pick(['permit', 'permit', 'forbid'])} ({principal}, {action}, {resource})"
        for _ in range(self.pick([0, 1, 1, 1, 2])):
            text += f"\n{self.pick(['when', 'when', 'unless'])} {{ {self.expression('Bool', self.random.randint(1, 4))} }}"
        return text + ";"

    def record_of_user(self):
        value = {
            "level": self.pick(LONGS), "name": self.pick(STRINGS), "active": self.chance(0.6),
            "home": {"__extn": {"fn": "ip", "arg": self.pick(ADDRESSES)}},
            "score": {"__extn": {"fn": "decimal", "arg": self.pick(DECIMALS)}},
            "born": {"__extn": {"fn": "datetime", "arg": self.pick(INSTANTS)}},
            "quota": {"__extn": {"fn": "duration", "arg": self.pick(DURATIONS)}},
            "roles": self.random.sample(STRINGS, self.random.randrange(4)),
            "addr": {"city": self.pick(STRINGS)},
        }
        if self.chance(0.5):
            value["boss"] = entity("User", self.user())
        if self.chance(0.5):
            value["addr"]["zip"] = self.pick(LONGS)
        return value

    def entities(self):
        def parents(kind, count, below):
            return [{"type": kind, "id": f"{kind[0].lower() if kind == 'Team' else 'd'}{i}"}
                    for i in range(count) if i < below and self.chance(0.35)]

        found = [item("Team", f"t{i}", {}, parents("Team", 5, i)) for i in range(5)]
        found += [item("Folder", f"d{i}", {}, parents("Folder", 4, i)) for i in range(4)]
        for i in range(8):
            user = item("User", f"u{i}", self.record_of_user(), parents("Team", 5, 5))
            if self.chance(0.5):
                user["tags"] = {name: self.pick(LONGS) for name in self.random.sample(STRINGS, 3)}
            found.append(user)
        for i in range(6):
            attributes = {"owner": entity("User", self.user()), "size": self.pick(LONGS), "label": self.pick(STRINGS),
                          "readers": [entity("User", self.user()) for _ in range(self.random.randrange(3))]}
            if self.chance(0.5):
                attributes["note"] = self.pick(STRINGS)
            found.append(item("File", f"f{i}", attributes, parents("Folder", 4, 4)))
        return found

    def request(self):
        context = {"n": self.pick(LONGS), "s": self.pick(STRINGS), "flag": self.chance(0.5), "rec": {},
                   "ip": {"__extn": {"fn": "ip", "arg": self.pick(ADDRESSES)}},
                   "at": {"__extn": {"fn": "datetime", "arg": self.pick(INSTANTS)}}, "who": entity("User", self.user())}
        if self.chance(0.5):
            context["opt"] = self.pick(LONGS)
        if self.chance(0.5):
            context["rec"]["a"] = self.pick(LONGS)
        return {"principal": {"type": "User", "id": self.user()}, "resource": {"type": "File", "id": self.file()},
                "action": {"type": "Action", "id": self.pick(["read", "write"])}, "context": context}


def entity(kind, name):
    return {"__entity": {"type": kind, "id": name}}


def item(kind, name, attributes, parents):
    return {"uid": {"type": kind, "id": name}, "attrs": attributes, "parents": parents}
