//! Arguments, files and exit codes.

use std::process::Output;

use crate::served::{Scratch, Served, remit};

fn text_of(output: &Output) -> (i32, String, String) {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), lossy(&output.stdout), lossy(&output.stderr))
}

/// The number of events a server holds.
fn head(url: &str) -> String {
    let (code, out, _) = text_of(&remit(url, &["rules", "-o", "json"]));
    assert_eq!(code, 0);
    let reply: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    reply["knownAt"].to_string()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn wrong_arguments_are_told_from_wrong_data_and_no_server() {
    let scratch = Scratch::new("arguments");
    let served = Served::start(&scratch.0.join("data"));
    let before = head(&served.url);
    let bad_json = scratch.file("bad.json", "{\"requestId\": ");
    let not_ours = scratch.file("not-ours.json", "{\"requestID2\": \"x\"}");
    let empty = scratch.file("empty.json", "{}");
    let dir = scratch.0.join("empty-dir");
    std::fs::create_dir_all(&dir).expect("a directory");
    let not_utf8 = scratch.file("latin1.csv", b"\"A81001\",\"CAF\x81\xc9\"\n");
    let path = |path: &std::path::Path| path.display().to_string();
    let (bad_json, not_ours, empty) = (path(&bad_json), path(&not_ours), path(&empty));
    let (dir, not_utf8) = (path(&dir), path(&not_utf8));
    for (args, code, says) in [
        (&["frobnicate"][..], 64, "unrecognized subcommand"),
        (&["who-holds"], 64, "required arguments"),
        (&["who-holds", "qof", "--at", "11X"], 64, "--on <DATE>"),
        (&["who-holds", "qof", "--at", "11X", "--on", "1/4/2015"], 64, "YYYY-MM-DD"),
        (&["who-holds", "qof", "--at", "11X", "--on", "2015-02-30"], 64, "must be a calendar day"),
        (
            &["who-holds", "qof", "--at", "11X", "--on", "2015-04-01", "--known-at", "soon"],
            64,
            "not a position",
        ),
        (
            &["who-holds", "QOF", "--at", "11X", "--on", "2015-04-01"],
            64,
            "function: not a function code",
        ),
        (
            &["who-holds", "qof", "--at", "leeds", "--on", "2015-04-01"],
            64,
            "--at: not an organisation code",
        ),
        (
            &["who-holds", "qof", "--at", "11X", "--on", "2015-04-01", "--known-at", "9"],
            64,
            "after the last event",
        ),
        (
            &["who-holds", "qof", "--at", "11X", "--on", "2015-04-01", "-o", "xml"],
            64,
            "possible values",
        ),
        (&["check", "11X", "qof", "--at", "11X"], 64, "--on <DATE>"),
        (
            &["check", "11x", "qof", "--at", "11X", "--on", "2015-04-01"],
            64,
            "body: not an organisation code",
        ),
        (
            &["check", "11X", "qof", "--at", "11X", "--on", "2015-04-01", "--role", "owner"],
            64,
            "possible values",
        ),
        (&["holdings", "ZZZ", "--on", "2015-04-01"], 65, "has no body ZZZ"),
        (&["body", "ZZZ"], 65, "has no body ZZZ"),
        (&["instruments", "no-such"], 65, "has no instrument no-such"),
        (&["functions", "no-such"], 65, "has no function no-such"),
        (&["rules", "L99"], 65, "has no rule L99"),
        (&["events", "--from", "7"], 64, "after the last event"),
        (&["events", "--from", "-1"], 64, "unexpected argument"),
        (&["record", "no-such-file.json"], 66, "cannot read no-such-file.json"),
        (&["record", &bad_json], 65, "line 1"),
        (&["record", &not_ours], 65, "requestID2"),
        (&["record", &empty], 64, "request_id: is required"),
        (&["record", &empty, "--validate-only"], 64, "commands: is required"),
        (&["load", "wales"], 64, "possible values: england"),
        (&["import", "csv", "no-such-dir"], 66, "not a directory"),
        (&["import", "csv", &dir], 66, "holds no table"),
        (&["import", "ods", "--kind", "epraccur", "no-such.csv"], 66, "cannot read no-such.csv"),
        (
            &["import", "ods", "--kind", "epraccur", &not_utf8],
            65,
            "is not text in UTF-8, UTF-16 or Windows-1252: line 1",
        ),
        (&["import", "ods", "--kind", "ebranch", "x.csv"], 64, "possible values"),
        (&["serve", "--listen", "0.0.0.0:7711"], 64, "callers are not authenticated yet"),
        (&["serve", "--listen", "192.0.2.1:7711"], 64, "listen on 127.0.0.1"),
        (&["serve", "--listen", "here"], 64, "invalid socket address"),
        (&["--server", "nowhere", "rules"], 64, "not a URL"),
        (&["--server", "HTTPS://127.0.0.1:7711", "rules"], 64, "does not speak TLS yet"),
        (&["--server", "ftp://127.0.0.1:7711", "rules"], 64, "the scheme must be http"),
        (&["--server", "http://127.0.0.1:1", "rules"], 69, "start one with `remit serve`"),
        (&["completions", "tcsh"], 64, "possible values"),
    ] {
        let (found, out, err) = text_of(&remit(&served.url, args));
        assert_eq!(found, code, "{args:?}: {out}{err}");
        assert!(err.contains(says), "{args:?}: {err}");
    }
    let upper = served.url.replacen("http", "HTTP", 1);
    assert!(remit(&upper, &["rules"]).status.success(), "a scheme is read in any case");
    assert_eq!(head(&served.url), before, "nothing was recorded");
}

#[test]
fn a_data_directory_is_served_once() {
    let scratch = Scratch::new("twice");
    let served = Served::start(&scratch.0);
    let data = scratch.0.display().to_string();
    let (code, _, err) =
        text_of(&remit(&served.url, &["serve", "--listen", "127.0.0.1:0", "--data", &data]));
    assert_eq!(code, 65);
    assert!(err.contains("in use by another process that writes to it"), "{err}");
    let taken = served.url.trim_start_matches("http://").to_owned();
    let other = scratch.0.join("other").display().to_string();
    let (code, _, err) = text_of(&remit("", &["serve", "--listen", &taken, "--data", &other]));
    assert_eq!(code, 69);
    assert!(err.contains("cannot listen on"), "{err}");
}

/// The header of one table and rows, each with what is found in it.
const ORGANISATIONS: &str = "\
ods_code,role,name,valid_from,valid_to,date_quality,source
X24,NHS_ENGLAND,NHS ENGLAND,2013-04-01,,published,test
00A,CCG,NHS TEST CCG,2013-04-01,2020-03-31,published,test
00B,CCG,NHS OTHER CCG,2020-04-01,,published,test
00a,CCG,SMALL LETTERS,2013-04-01,,published,test
00C,CLUB,NO SUCH ROLE,2013-04-01,,published,test
00D,CCG,,2013-04-01,,published,test
00E,CCG,NO DAY,1/4/2013,,published,test
00F,CCG,BACKWARDS,2014-04-01,2013-04-01,published,test
00A,CCG,OVERLAPS ITSELF,2015-04-01,,published,test
00G,CCG,NO SOURCE,2013-04-01,,published,
00H,CCG,TOO,MANY,FIELDS,2013-04-01,,published,test
";

const PRACTICES: &str = "\
practice_code,name,postcode,open_date,close_date,status,first_extract,last_extract
A00001,A PRACTICE,X,2000-01-01,,ACTIVE,,
";

const COMMISSIONERS: &str = "\
practice_code,commissioner_code,valid_from,valid_to,source,adjustment
A00001,00A,2013-04-01,2020-03-31,test,
A00001,00Z,2020-04-01,,test,
A99999,00B,2020-04-01,,test,
A00001,00B,2019-04-01,,test,
A00001,00B,2014-04-01,2014-05-31,test,
";

const SUCCESSIONS: &str = "\
predecessor_code,successor_code,effective_date,type,share,source,note
00A,00B,2020-04-01,MERGER,,test,
00A,00B,2021-04-01,MERGER,,test,
00A,00Z,2020-04-01,MERGER,,test,
00A,00B,2020-04-01,TAKEOVER,,test,
00A,00B,2020-04-01,SPLIT,1.5,test,
";

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_fault_of_a_file_is_one_line_with_file_row_field_and_reason() {
    let scratch = Scratch::new("findings");
    let served = Served::start(&scratch.0.join("data"));
    for (name, table) in [
        ("organisations.csv", ORGANISATIONS),
        ("practices.csv", PRACTICES),
        ("practice_commissioner.csv", COMMISSIONERS),
        ("organisation_successions.csv", SUCCESSIONS),
        ("notes.csv", "a,b\n"),
        ("pcns.csv", "pcn_code,name\n"),
    ] {
        scratch.file(&format!("rows/{name}"), table);
    }
    let dir = scratch.0.join("rows").display().to_string();
    let report = scratch.0.join("report.csv");
    let report_text = report.display().to_string();
    let import = |more: &[&str]| {
        let mut args = vec!["import", "csv", &dir];
        args.extend_from_slice(more);
        text_of(&remit(&served.url, &args))
    };
    let before = head(&served.url);
    let (code, out, err) = import(&["--dry-run"]);
    assert_eq!(code, 1, "findings: {out}{err}");
    assert_eq!(head(&served.url), before, "a dry run records nothing");
    let (code, out, err) = import(&["--report", &report_text]);
    assert_eq!(code, 1, "{out}{err}");
    let mut found = Vec::new();
    let mut reader = csv::Reader::from_path(&report).expect("a report");
    assert_eq!(reader.headers().expect("a header"), vec!["file", "row", "field", "kind", "reason"]);
    for record in reader.records() {
        let record = record.expect("a row");
        assert!(!record[4].is_empty());
        found.push(record.iter().take(4).map(str::to_owned).collect::<Vec<_>>().join(" "));
    }
    let expected = [
        "organisations.csv 12  malformed",
        "organisations.csv 5 ods_code malformed",
        "organisations.csv 6 role malformed",
        "organisations.csv 7 name malformed",
        "organisations.csv 8 valid_from malformed",
        "organisations.csv 9 valid_to date-against-date",
        "organisations.csv 10 valid_from overlap",
        "organisations.csv 11 source malformed",
        "organisation_successions.csv 3 predecessor_code date-against-date",
        "organisation_successions.csv 4 successor_code unknown-code",
        "organisation_successions.csv 5 type malformed",
        "organisation_successions.csv 6 share malformed",
        "practice_commissioner.csv 3 valid_from unknown-code",
        "practice_commissioner.csv 4 practice_code unknown-code",
        "practice_commissioner.csv 5 valid_from date-against-date",
        "practice_commissioner.csv 5 valid_from overlap",
        "practice_commissioner.csv 6 valid_from date-against-date",
        "practice_commissioner.csv 6 valid_from overlap",
        "pcns.csv 1 commissioner_code malformed",
        "notes.csv 1  not-recorded",
    ];
    assert_eq!(found, expected);
    // What was good is recorded, and recorded once.
    let after = head(&served.url);
    assert_ne!(after, before);
    let (code, out, _) = import(&[]);
    assert_eq!(code, 1, "the same findings");
    assert!(out.contains("0 facts recorded"), "{out}");
    assert_eq!(head(&served.url), after);
    // A later file that says otherwise is found to differ, and changes nothing.
    scratch.file(
        "later/organisations.csv",
        ORGANISATIONS
            .lines()
            .take(2)
            .chain([
                "00A,CCG,NHS TEST CCG,2013-04-01,2019-03-31,published,test",
                "00B,CCG,NHS RENAMED CCG,2020-04-01,2022-06-30,published,test",
            ])
            .collect::<Vec<_>>()
            .join("\n"),
    );
    let later = scratch.0.join("later").display().to_string();
    let (code, out, _) = text_of(&remit(&served.url, &["import", "csv", &later]));
    assert_eq!(code, 1);
    assert!(out.contains("organisations.csv:3: valid_to: differs"), "{out}");
    assert!(out.contains("organisations.csv:4: name: differs"), "{out}");
    assert!(out.contains("1 fact recorded"), "the end of 00B is new: {out}");
}

#[test]
fn files_as_ods_publishes_them_are_compared() {
    let scratch = Scratch::new("ods");
    let served = Served::start(&scratch.0.join("data"));
    let (code, out, err) = text_of(&remit(&served.url, &["load", "england"]));
    assert_eq!(code, 0, "{out}{err}");
    let quoted = |fields: &[&str], width: usize| {
        let mut row: Vec<_> = fields.iter().map(|field| format!("\"{field}\"")).collect();
        row.resize(width, "\"\"".to_owned());
        row.join(",")
    };
    let epraccur = |code: &str, name: &str, open: &str, commissioner: &str, joined: &str| {
        let mut fields = vec![""; 27];
        (fields[0], fields[1], fields[10], fields[12]) = (code, name, open, "A");
        (fields[14], fields[15], fields[25]) = (commissioner, joined, "4");
        quoted(&fields, 27)
    };
    let rows = [
        epraccur("A81001", "THE DENSHAM SURGERY", "19740401", "16C", "20200401"),
        epraccur("A81001", "THE DENSHAM SURGERY", "19740401", "16C", "20200402"),
        epraccur("A81002", "ANOTHER NAME", "19740402", "16C", "20200401"),
        epraccur("Z99999", "A NEW PRACTICE", "20260401", "16C", "20260401"),
        epraccur("Z99998", "A BAD DATE", "2026041", "16C", "20260401"),
        epraccur("Z99997", "NO SUCH COMMISSIONER", "20260401", "9ZZ", "20260401"),
        quoted(&["A81003", "three fields", "only"], 3),
        epraccur("Z99996", "CLOSED ON NO DAY", "20150401", "11X", "20150401")
            .replace("\"A\"", "\"C\""),
    ];
    let file = scratch.file("epraccur.csv", rows.join("\n")).display().to_string();
    let report = scratch.0.join("report.csv").display().to_string();
    let args = ["import", "ods", "--kind", "epraccur", &file, "--report", &report];
    let (code, out, err) = text_of(&remit(&served.url, &args));
    assert_eq!(code, 1, "{out}{err}");
    let mut found = Vec::new();
    for record in csv::Reader::from_path(&report).expect("a report").records() {
        let record = record.expect("a row");
        found.push(format!("{} {} {}", &record[1], &record[2], &record[3]));
    }
    assert_eq!(
        found,
        [
            "7  malformed",
            "2 join_date differs",
            "3 open_date differs",
            "3 name differs",
            "5 open_date malformed",
            "6 commissioner unknown-code",
            "8 close_date date-against-date",
        ]
    );
    assert!(out.contains("4 facts recorded"), "two practices, each with its commissioner: {out}");
    // A file of another kind, and an empty one, are told.
    for (name, text, says) in [
        ("other.csv", "\"A\",\"x\"\n".to_owned(), "2 fields where there should be 27"),
        ("empty.csv", String::new(), "the file holds no rows"),
        ("wales.csv", quoted(&["W00", "WALES"], 27), "is --kind right?"),
    ] {
        let file = scratch.file(name, text).display().to_string();
        let args = ["import", "ods", "--kind", "eauth", &file];
        let (code, out, err) = text_of(&remit(&served.url, &args));
        assert_eq!(code, 1, "{name}: {out}{err}");
        assert!(out.contains(says), "{name}: {out}");
    }
    // Memberships before April 2013 are of primary care trusts: before the records of the register.
    let rows = "\"A81001\",\"5E1\",\"W\",\"20010401\",\"20130331\",\"0\"\n\
                \"A81001\",\"00K\",\"W\",\"20130401\",\"\",\"0\"\n";
    let file = scratch.file("epcmem.csv", rows).display().to_string();
    let (code, out, err) =
        text_of(&remit(&served.url, &["import", "ods", "--kind", "epcmem", &file]));
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("0 facts recorded, 0 findings"), "{out}");

    a_practice_that_closed_on_no_day(&served.url);
    answers_for_people_and_programs(&served.url);
    what_is_outside_the_records(&served.url);
}

/// An answer about a practice that a file calls closed, without a day, is unconfirmed and says so.
fn a_practice_that_closed_on_no_day(url: &str) {
    let question = ["gms-contracts", "--at", "Z99996", "--on", "2026-01-01"];
    let (_, out, _) = text_of(&remit(url, &[&["who-holds"], &question[..]].concat()));
    assert!(out.contains("Who exercises it is unconfirmed"), "{out}");
    let (_, out, _) =
        text_of(&remit(url, &[&["explain"], &question[..], &["-o", "json"]].concat()));
    let note = "the file calls the practice closed, and gives no day for it";
    assert!(out.contains(note), "{out}");
}

/// What bodies outside the records hold is said in words, in the tables of other commands too.
fn what_is_outside_the_records(url: &str) {
    let needs = "joint-strategic-needs-assessment";
    let say = |args: &[&str]| {
        let (code, out, err) = text_of(&remit(url, args));
        assert_eq!(code, 0, "{args:?}: {err}");
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let said = say(&["who-holds", needs, "--at", "11X", "--on", "2014-04-01"]);
    let sentence = "the law places it on the local authority and each commissioner of the place, \
                    through the health and wellbeing board, of which the register keeps no record; \
                    the commissioner of the place is NHS SOMERSET CCG (11X)";
    assert!(said.contains(sentence), "{said}");
    assert!(!said.contains("ask about instead"), "{said}");
    let said = say(&["timeline", needs, "--at", "11X"]);
    assert!(said.contains("┆ the local authority"), "{said}");
    let days = ["--from", "2013-03-31", "--to", "2013-04-01"];
    let said = say(&[&["diff", "--function", needs, "--at", "11X"], &days[..]].concat());
    assert!(said.contains("┆ holder-outside-records:"), "{said}");
}

#[expect(clippy::too_many_lines, reason = "one story, told in the order it happens")]
fn answers_for_people_and_programs(url: &str) {
    let somerset = ["gms-contracts", "--at", "11X", "--on"];
    let ask = |day: &str, more: &[&str]| {
        let mut args = vec!["who-holds"];
        args.extend_from_slice(&somerset);
        args.push(day);
        args.extend_from_slice(more);
        text_of(&remit(url, &args))
    };
    let (code, out, _) = ask("2019-04-01", &[]);
    assert_eq!(code, 0);
    assert!(
        out.starts_with(
            "On 2019-04-01 NHS SOMERSET CCG (11X) exercises gms-contracts in its own area; NHS \
             England, in law the NHS Commissioning Board (X24) is liable."
        ),
        "a sentence first: {out}"
    );
    for part in ["exerciser", "liable", "Grounds", "delegation/11X", "rule L1", "as known at event"]
    {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (code, out, _) = ask("2019-04-01", &["-o", "json"]);
    assert_eq!(code, 0);
    let reply: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(reply["answer"]["kind"], "RESULT_KIND_HELD");
    assert_eq!(reply["answer"]["exercisers"], serde_json::json!(["11X"]));
    assert_eq!(
        reply["answer"]["effectiveOn"],
        serde_json::json!({"year": 2019, "month": 4, "day": 1})
    );
    let check = |body: &str, day: &str, more: &[&str]| {
        let mut args = vec!["check", body, "gms-contracts", "--at", "11X", "--on", day];
        args.extend_from_slice(more);
        text_of(&remit(url, &args)).0
    };
    assert_eq!(check("11X", "2019-04-01", &[]), 0, "held");
    assert_eq!(check("X24", "2019-04-01", &[]), 1, "not held");
    assert_eq!(check("X24", "2019-04-01", &["--role", "liable"]), 0);
    assert_eq!(check("11X", "2018-04-01", &[]), 2, "unknown");
    let (code, out, _) =
        text_of(&remit(url, &["who-holds", "qoff", "--at", "11X", "--on", "2019-04-01"]));
    assert_eq!(code, 0);
    assert!(out.contains("Near it are: qof"), "{out}");
    // A reader that goes away ends the program quietly.
    let command = format!("{} --server {url} events | head -1", crate::served::REMIT);
    let piped = std::process::Command::new("sh").args(["-c", &command]).output().expect("run");
    assert_eq!(String::from_utf8_lossy(&piped.stderr), "");
    for args in [
        &["holdings", "QSL", "--on", "2022-07-01"][..],
        &["timeline", "qof", "--at", "11X"],
        &["body", "15F"],
        &["functions", "qof"],
        &["rules", "L7"],
        &["instruments", "--body", "11X"],
        &["events", "--from", "5", "--limit", "3"],
        &["completions", "bash"],
    ] {
        let (code, out, err) = text_of(&remit(url, args));
        assert_eq!(code, 0, "{args:?}: {err}");
        assert!(!out.trim().is_empty(), "{args:?}");
        if args[0] != "completions" {
            let mut json = args.to_vec();
            json.extend(["-o", "json"]);
            let (code, out, _) = text_of(&remit(url, &json));
            assert_eq!(code, 0, "{json:?}");
            for document in
                serde_json::Deserializer::from_str(&out).into_iter::<serde_json::Value>()
            {
                document.unwrap_or_else(|error| panic!("{json:?}: {error}"));
            }
        }
    }
}

/// What a later file adds to England is shown as changed answers first, and then recorded once.
#[test]
fn england_moves_on_by_its_differences() {
    let scratch = Scratch::new("moves-on");
    let served = Served::start(&scratch.0.join("data"));
    let (code, _, err) = text_of(&remit(&served.url, &["load", "england"]));
    assert_eq!(code, 0, "{err}");
    let schemes = "from,to,power,effective_on,functions,described,excepted,made_on,confidence,\
        source,note\n11X,QVV,2006 Act s.14Z28,2022-07-01,qof,,,,confirmed,a scheme,\n";
    scratch.file("new/transfer_schemes.csv", schemes);
    let dir = scratch.0.join("new").display().to_string();
    let import = |more: &[&str]| {
        let args = [&["import", "csv", &dir], more].concat();
        text_of(&remit(&served.url, &args))
    };
    let before = head(&served.url);
    let changes = |out: &str| out.contains("would answer") && out.contains("answers change");
    let (code, out, err) = import(&["--dry-run"]);
    assert!(code == 0 && changes(&out) && out.contains("QVV"), "{out}{err}");
    assert_eq!(head(&served.url), before, "a dry run records nothing");
    let (_, out, _) = import(&["--dry-run", "-o", "json"]);
    let summary: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let all = summary["changes"].as_array().expect("compared");
    assert!(all.iter().all(|each| each["place"] == "11X" && each["function"] == "qof"), "{out}");
    let (code, out, err) = import(&[]);
    assert!(code == 0 && changes(&out) && out.contains("1 fact recorded"), "{out}{err}");
    let after = head(&served.url);
    assert_ne!(after, before);
    for again in [import(&[]), text_of(&remit(&served.url, &["load", "england"]))] {
        assert!(again.1.contains("0 facts recorded"), "{}", again.1);
    }
    assert_eq!(head(&served.url), after);
}
