# SPDX-License-Identifier: ISC
"""The small world of the random cases."""

USERS = {
    "lin": (2001, []), "chen": (2002, ["rm"]), "fang": (2003, ["rm", "dev"]),
    "qiu": (2004, ["rm", "dba"]), "zhou": (2005, ["dba"]),
    "wu": (2006, ["dev", "oncall"]), "zhao": (2007, ["audit"]),
    "he": (2008, ["dev"]), "sun": (2009, []), "王芳": (2010, ["发布组"]),
    "chen-adm": (2030, ["dba"]), "ci": (2020, ["bots"]), "root": (0, ["rm", "audit"]),
    "1000": (2031, ["dev"]),
}
GROUPS = ["rm", "dba", "dev", "audit", "oncall", "发布组", "bots"]
ACCOUNTS = {
    "lin": "101", "chen": "102", "fang": "103", "qiu": "104", "zhou": "105",
    "wu": "106", "zhao": "107", "he": "108", "王芳": "110", "chen-adm": "102",
    "ci": "120", "root": "130",
}
ROBOT = "120"
PIPELINES = {"11222": "pay-core", "11301": "web-home", "11400": "支付核心"}
STAGES = ["生产发布", "prod-eu", "test", "第2批"]
JOBS = ["人工卡点", "approve"]
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC",
         "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca"]
BRANCHES = ["main", "release/1", "release/2026/11", "dev", "热修复"]
HOSTS = ["bastion-1", "bastion-2", "bastion-3"]
HANDLE = "ab" * 32
REASON = "fix refund rounding, checked on staging"
REASONS = [REASON, "ok", "", "修复退款舍入问题并已在预发布环境验证通过",
           "refunds fail for every customer since 02:40", "twelve chars"]
TICKETS = ["CHG-20934", "INC-20991", "CHG-1", "", "CHG-1 and INC-2", "chg-20934"]
PATTERNS = {
    "reason": [".{12,}", ".{30,}", "[^0-9]+", "(fix|refunds).*", ".*(验证|staging).*",
               "..+", "[[:alpha:] ,]+", "[a-z ]{2,12}"],
    "ticket": ["(CHG|INC)-[0-9]{4,8}", "CHG-[0-9]+", "INC-[0-9]+",
               "CHG-[0-9]+|INC-[0-9]+", "[A-Z]{3}-[[:digit:]]{1,5}", "(C|I)[^-]*-.+"],
}
# Wall-clock times that a zone skips or shows twice.
JUMPS = [
    ("Europe/Berlin", "2026-03-29T02:15:00"), ("Europe/Berlin", "2026-10-25T02:15:00"),
    ("Europe/Berlin", "2026-10-25T02:45:00"), ("America/New_York", "2026-03-08T02:30:00"),
    ("America/New_York", "2026-11-01T01:30:00"), ("Australia/Lord_Howe", "2026-04-05T01:45:00"),
    ("Australia/Lord_Howe", "2026-10-04T02:10:00"), ("Africa/Casablanca", "2026-02-15T02:30:00"),
    ("Africa/Casablanca", "2026-03-22T02:30:00"), ("Europe/Berlin", "2026-10-25T01:45:00"),
]
# Instants of no special kind, and those around changes of the clock.
INSTANTS = [
    "2026-11-25T06:02:11Z", "2026-11-29T19:00:00Z", "2026-11-27T09:00:00Z",
    "2026-11-27T17:59:59Z", "2026-12-31T16:00:00Z", "2027-02-17T16:00:00Z",
    "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z",
    "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z",
    "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z", "2026-11-01T05:30:00Z",
    "2026-11-01T06:30:00Z", "2026-04-04T15:15:00Z", "2026-04-04T14:45:00Z",
    "2026-10-03T15:30:00Z", "2026-02-15T02:30:00Z", "2026-03-22T02:00:00Z",
    "2028-02-29T12:00:00Z", "2041-06-03T08:00:00Z",
]
