//! Tests what becomes of files as the field has them: line ends, encodings, packing, header rows,
//! quotation marks, far ends, moves, codes used again.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use std::io::Write;
use std::sync::OnceLock;

use remit_domain::{
    Act, Body, BodyCode, BodyDissolved, BodyFact, BodyRole, Command, Fact, Member, Membership,
};
use remit_reference::ods::{self, Asked};
use remit_reference::source::{DataFile, read_file};
use remit_reference::{OdsKind, Plan, Source, SourceError, tables};
use remit_register::Register;

/// England's history, as the commands that record it.
fn england() -> &'static [Command] {
    static ENGLAND: OnceLock<Vec<Command>> = OnceLock::new();
    ENGLAND.get_or_init(|| {
        let mut plan = Plan::new(Register::default());
        tables::plan(&mut plan, &Source::England).expect("built in");
        plan.commands().to_vec()
    })
}

/// A register with what these tests ask about: the bodies and memberships of a few codes.
fn register() -> Register {
    let mut register = Register::default();
    for command in england() {
        let Act::State(Fact::Bodies(fact)) = &command.act else { continue };
        // Every body that is not a practice, and the practices of one area.
        let of_area = |code: &BodyCode| code.as_str().starts_with("A81");
        let wanted = match fact {
            BodyFact::MembershipStarted(Membership { member: Member::Body(code), .. }) => {
                of_area(code)
            }
            BodyFact::BodyEstablished(Body { role, code, .. })
            | BodyFact::BodyDissolved(BodyDissolved { role, code, .. }) => {
                *role != BodyRole::Practice || of_area(code)
            }
            BodyFact::SuccessionRecorded(_) => true,
            BodyFact::TransferSchemeMade(_)
            | BodyFact::MembershipStarted(_)
            | BodyFact::MembershipEnded(_)
            | BodyFact::BodyNamed(_)
            | BodyFact::ContractHeld(_)
            | BodyFact::ClusterFormed(_) => false,
        };
        if wanted {
            register.admit(command.clone()).expect("admitted");
            register.settle(register.tail());
        }
    }
    register
}

/// A row of `epraccur` with the fields that an import reads.
fn practice(
    code: &str,
    name: &str,
    life: (&str, &str, &str),
    member: (&str, &str, &str),
) -> String {
    let ((open, close, status), (group, joined, left)) = (life, member);
    format!(
        "\"{code}\",{name},\"Y63\",\"QHM\",\"1 HIGH STREET\",\"\",\"\",\"\",\"\",\"TS18 1HU\",\
         \"{open}\",\"{close}\",\"{status}\",\"B\",\"{group}\",\"{joined}\",\"{left}\",\"\",\"\",\
         \"\",\"\",\"0\",\"\",\"{group}\",\"\",\"4\",\"\""
    )
}

fn new_practice(code: &str, name: &str) -> String {
    practice(code, name, ("20230401", "", "A"), ("16C", "20230401", ""))
}

const TITLES: &str = "Organisation Code,Name,National Grouping,High Level Health Geography,\
    Address line 1,Address line 2,Address line 3,Address line 4,Address line 5,Postcode,Open Date,\
    Close Date,Status Code,Organisation Sub-Type Code,Commissioner,Join Provider/Purchaser Date,\
    Left Provider/Purchaser Date,Contact Telephone Number,Null,Null,Null,Amended Record Indicator,\
    Null,Provider/Purchaser,Null,Prescribing Setting,Null";

/// The number of facts to record, and the findings as `line:field:kind`.
fn imported(kind: OdsKind, text: &str, accept_moves: bool) -> (usize, Vec<String>) {
    let mut plan = Plan::new(register());
    let asked = Asked { file: "file.csv", text, extracted_on: None, accept_moves };
    ods::plan(&mut plan, kind, asked);
    let finding = |finding: &remit_reference::Finding| {
        format!("{}:{}:{}", finding.row, finding.field, finding.kind.word())
    };
    (plan.commands().len(), plan.findings().iter().map(finding).collect())
}

/// Imports each text as `epraccur`, and checks the number of facts and the findings.
fn check(cases: &[(&str, String, usize, &str)]) {
    for (name, text, recorded, findings) in cases {
        let (facts, found) = imported(OdsKind::Epraccur, text, false);
        assert_eq!((facts, found.join(" ").as_str()), (*recorded, *findings), "{name}");
    }
}

#[test]
fn a_finding_names_the_line_that_an_editor_shows() {
    let good = new_practice("A81991", "\"SURGERY\"");
    let bad = practice("A81995", "\"FIVE\"", ("2023-04-01", "", "A"), ("16C", "20230401", ""));
    let broken = good.replace("1 HIGH", "1\nHIGH");
    let two = "2:open_date:malformed";
    check(&[
        ("LF", format!("{good}\n{bad}\n"), 2, two),
        ("CRLF", format!("{good}\r\n{bad}\r\n"), 2, two),
        ("CR", format!("{good}\r{bad}"), 2, two),
        ("blank lines", format!("\r\n\r\n{bad}\r\n\r\n{good}"), 2, "3:open_date:malformed"),
        ("a line break in quotes", format!("{broken}\n{bad}"), 2, "3:open_date:malformed"),
        ("too few fields", format!("{good}\n\"A\",\"B\""), 2, "2::malformed"),
        ("nothing", String::new(), 0, "1::not-recorded"),
    ]);
}

#[test]
fn a_row_with_a_stray_quotation_mark_is_a_finding_and_no_other_row_is() {
    let good = new_practice("A81991", "\"SURGERY\"");
    let stray = new_practice("A81992", "\"THE \"OLD\" ONE\"");
    let open = new_practice("A81992", "\"OLD");
    check(&[
        ("a stray mark", format!("{good}\n{stray}\n{good}"), 2, "2::malformed"),
        ("a mark in a bare field", new_practice("A81992", "THE \"OLD\" ONE"), 0, "1::malformed"),
        ("doubled marks", new_practice("A81992", "\"THE \"\"OLD\"\" ONE\""), 2, ""),
        ("a mark never closed", format!("{open}\n{good}"), 2, "1::malformed"),
    ]);
}

#[test]
fn header_rows_are_recognised() {
    let good = new_practice("A81991", "\"SURGERY\"");
    let quoted = format!("\"{}\"", TITLES.replace(',', "\",\""));
    let without = TITLES.replace("Close Date", "Shut");
    check(&[
        ("bare", format!("{TITLES}\r\n{good}"), 2, ""),
        ("quoted", format!("{quoted}\n{good}"), 2, ""),
        ("without a column", format!("{without}\n{good}"), 0, "1:close_date:malformed"),
    ]);
}

#[test]
fn a_row_is_recorded_whole_or_not_at_all() {
    let of = |life, member| practice("A81991", "\"SURGERY\"", life, member);
    let (open, member) = (("20230401", "", "A"), ("16C", "20230401", ""));
    let again = practice("A81613", "\"NEW\"", ("20220401", "", "A"), ("16C", "20220401", ""));
    let against = "1:close_date:date-against-date";
    let far = of(("20230401", "99991231", "A"), ("16C", "20230401", "2999-12-31"));
    let closed = of(("20230401", "20240331", "C"), ("16C", "20230401", "20240331"));
    check(&[
        ("open", of(open, member), 2, ""),
        ("far ends", far, 2, ""),
        ("closed on a day", closed, 2, ""),
        ("closed, no day", of(("20230401", "", "C"), member), 2, against),
        (
            "closed, no day, of nobody known",
            of(("20230401", "", "C"), ("9ZZ", "20230401", "")),
            0,
            "1:commissioner:unknown-code",
        ),
        ("dormant, no day", of(("20230401", "", "D"), member), 2, against),
        ("reversed", of(("20230401", "20220331", "A"), member), 0, against),
        ("a code used again", again, 0, "1:open_date:differs"),
    ]);
}

#[test]
fn practices_that_moved() {
    let moved = "\"A81005\",\"16C\",\"W\",\"20200401\",\"20210331\",\"0\"\n\
                 \"A81005\",\"13T\",\"W\",\"20210401\",\"\",\"0\"";
    let asked = ["1:left_date:differs", "2:commissioner:overlap"].map(str::to_owned).to_vec();
    assert_eq!(imported(OdsKind::Epcmem, moved, false), (0, asked));
    assert_eq!(imported(OdsKind::Epcmem, moved, true), (2, vec![]));
    // `epraccur` has only the present commissioner.
    let now = "\"A81005\",\"13T\",\"W\",\"20210401\",\"\",\"0\"";
    assert_eq!(imported(OdsKind::Epcmem, now, false).1, ["1:commissioner:overlap"]);
    assert_eq!(imported(OdsKind::Epcmem, now, true), (2, vec![]));
}

fn read(name: &str, bytes: &[u8]) -> Result<DataFile, SourceError> {
    let path = std::env::temp_dir().join(format!("remit-files-{}-{name}", std::process::id()));
    std::fs::write(&path, bytes).expect("written");
    let read = read_file(&path, "epraccur.csv");
    std::fs::remove_file(&path).expect("removed");
    read
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("begun");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

fn utf16(text: &str, encode: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(encode).collect()
}

#[test]
fn what_a_file_is_follows_from_its_bytes() {
    let text = "a,CAFÉ\r\n";
    let gzip = || {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).expect("written");
        packed.finish().expect("finished")
    };
    let both = [("readme.pdf", "x"), ("Epraccur.CSV", text), ("other.csv", "b")];
    for (name, bytes, is_noted) in [
        ("plain.csv", text.as_bytes().to_vec(), false),
        ("mark.csv", [b"\xef\xbb\xbf", text.as_bytes()].concat(), false),
        ("cp1252.csv", b"a,CAF\xc9\r\n".to_vec(), true),
        ("utf16le.csv", [b"\xff\xfe".to_vec(), utf16(text, u16::to_le_bytes)].concat(), true),
        ("utf16be.csv", [b"\xfe\xff".to_vec(), utf16(text, u16::to_be_bytes)].concat(), true),
        ("utf16.csv", utf16(text, u16::to_le_bytes), true),
        ("packed", gzip(), false),
        ("packed.csv", zipped(&[("epraccur.pdf", "x"), ("epraccur.csv", text)]), true),
        ("several.zip", zipped(&both), true),
        ("folder.zip", zipped(&[("x/any.csv", text), ("__MACOSX/any.csv", "junk")]), true),
    ] {
        let read = read(name, &bytes).expect(name);
        assert_eq!((read.text.as_str(), read.note.is_some()), (text, is_noted), "{name}");
    }
    for (name, bytes, says) in [
        (
            "two.zip",
            zipped(&[("a.csv", "x"), ("b.csv", "y")]),
            "several CSV files in it: a.csv, b.csv",
        ),
        ("none.zip", zipped(&[("a.pdf", "x")]), "no CSV file in it"),
        ("cut.zip", zipped(&both)[..60].to_vec(), "cannot be unpacked"),
        ("cut.gz", gzip()[..12].to_vec(), "cannot be unpacked"),
        ("zeros.csv", b"a,b\n\0\0\0".to_vec(), "Windows-1252: line 2"),
        ("bytes.csv", b"a\nb\nc\x81\n".to_vec(), "Windows-1252: line 3"),
        ("broken.csv", b"\xef\xbb\xbfa\xc9".to_vec(), "Windows-1252: line 1"),
    ] {
        let error = read(name, &bytes).expect_err(name);
        assert!(error.to_string().contains(says) && !error.is_missing(), "{name}: {error}");
    }
    assert!(read_file("/nowhere.csv".as_ref(), "").expect_err("missing").is_missing());
}

/// The findings of an import of one table, as `line:field:kind`.
fn found_in(file: &str, text: &str) -> Vec<String> {
    found_in_all(&[(file, text)])
}

/// The findings of an import of several tables, the last of which names its directory.
fn found_in_all(files: &[(&str, &str)]) -> Vec<String> {
    let name = files.last().expect("a file").0;
    let dir = std::env::temp_dir().join(format!("remit-table-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    for (file, text) in files {
        std::fs::write(dir.join(file), text).expect("written");
    }
    let mut plan = Plan::new(register());
    tables::plan(&mut plan, &Source::Directory(dir.clone())).expect("read");
    std::fs::remove_dir_all(&dir).expect("removed");
    let found = plan.findings().iter();
    found.map(|each| format!("{}:{}:{}", each.row, each.field, each.kind.word())).collect()
}

#[test]
fn no_row_of_a_table_is_dropped_without_a_finding() {
    let rules = "rule,valid_from,valid_until,says,bases,value,text,citation,confidence\n";
    let row = |days: &str, says: &str, bases: &str, value: &str| {
        found_in("rules.csv", &format!("{rules}X1,{days},{says},{bases},{value},t,c,confirmed\n"))
    };
    assert_eq!(row("2015-04-01,", "notice", "s13z-by", "09-30 04-01"), Vec::<String>::new());
    for (days, says, bases, value, finding) in [
        ("2015-04-01,2014-04-01", "onward", "s13z-by", "", "2:valid_until:date-against-date"),
        ("2015-04-01,x", "onward", "s13z-by", "", "2:valid_until:malformed"),
        ("2015-04-01,", "notice", "s13z-by", "09-31 04-01", "2:value:malformed"),
        ("2015-04-01,", "notice", "s13z-by", "09-30 soon", "2:value:malformed"),
        ("2015-04-01,", "commencement", "s13z-by", "nhs-england 02-29", "2:value:malformed"),
        ("2015-04-01,", "window", "s13z-by", "submit 2015-02-30", "2:value:malformed"),
        ("2015-04-01,", "continuity", "", "ccg icb", "2:bases:malformed"),
        ("2015-04-01,", "no-such", "s13z-by", "", "2:says:malformed"),
    ] {
        assert_eq!(row(days, says, bases, value), [finding], "{says} {value}");
    }
    let functions = "function,name,valid_from,valid_until,holder,basis,routes,reserved,part,\
                     confidence,citation,note\n";
    let reversed = "x,X,2015-04-01,2014-04-01,commissioner,b,,no,primary-medical,confirmed,c,\n";
    let found = found_in("function_catalogue.csv", &format!("{functions}{reversed}"));
    assert!(found.contains(&"2:valid_until:date-against-date".to_owned()), "{found:?}");
}

/// Rows of one table that say of one member that it belongs to two bodies on the same days: each is
/// a finding and none is recorded, in whichever order they come.
#[test]
fn rows_that_contradict_each_other_are_findings_each() {
    let header = "practice_code,commissioner_code,valid_from,valid_to,source,adjustment\n";
    let practices = "practice_code,name,open_date,close_date,status\n\
                     X99997,Practice P,2013-04-01,,ACTIVE\nX99998,Practice Q,2013-04-01,,ACTIVE\n";
    let table = |rows: &[&str]| {
        let rows = rows.iter().map(|row| format!("{row},epcmem 2019-08,\n")).collect::<String>();
        let rows = format!("{header}{rows}");
        found_in_all(&[("practices.csv", practices), ("practice_commissioner.csv", &rows)])
    };
    let both = ["2:valid_from:overlap", "3:valid_from:overlap"];
    for (first, second, found) in [
        ("00C,2013-04-01,2016-04-10", "00D,2016-04-01,2020-03-31", &both[..]),
        ("00C,2013-04-01,2016-04-01", "00D,2016-04-01,2020-03-31", &both),
        ("00C,2013-04-01,", "00D,2016-04-01,2020-03-31", &both),
        ("00C,2013-04-01,9999-12-31", "00D,2016-04-01,2020-03-31", &both),
        ("00C,2013-04-01,", "00D,2016-04-01,", &both),
        ("00C,2014-04-01,2015-03-31", "00D,2014-04-01,2015-03-31", &both),
        ("00C,2014-04-01,2016-03-31", "00C,2015-04-01,2017-03-31", &both),
        ("00C,2013-04-01,2020-03-31", "00D,2014-04-01,2014-04-01", &both),
        // One day apart there is nothing to contradict.
        ("00C,2013-04-01,2016-03-31", "00D,2016-04-01,2020-03-31", &[]),
        ("00C,2013-04-01,2016-03-31", "00C,2016-04-01,2020-03-31", &[]),
        // The very same row twice adds nothing.
        ("00C,2013-04-01,2016-03-31", "00C,2013-04-01,2016-03-31", &[]),
    ] {
        for (one, other) in [(first, second), (second, first)] {
            let rows = [one, other].map(|row| format!("X99997,{row}"));
            assert_eq!(table(&rows.each_ref().map(String::as_str)), found, "{one}; {other}");
        }
    }
    // What another practice says contradicts nothing, and a row that cannot be read neither.
    let others = ["X99997,00C,2013-04-01,2016-04-10", "X99998,00D,2016-04-01,2020-03-31"];
    assert_eq!(table(&others), Vec::<String>::new());
    let unread = ["X99997,00C,2013-04-01,2016-04-10", "X99997,00D,2016-04-31,2020-03-31"];
    assert_eq!(table(&unread), ["3:valid_from:malformed"]);
    // Nor does what cannot be recorded anyhow: of a body that nobody knows, or not in being then.
    for (row, found) in [
        ("X99997,ZZ9,2016-04-01,2020-03-31", "2:valid_from:unknown-code"),
        ("X99997,15N,2016-04-01,2020-03-31", "2:valid_from:date-against-date"),
    ] {
        assert_eq!(table(&[row, "X99997,00C,2013-04-01,2016-04-10"]), [found], "{row}");
        let found = table(&["X99997,00C,2013-04-01,2016-04-10", row]);
        assert!(found.iter().all(|each| each.starts_with("3:")), "{found:?}");
    }
    // Of three, those are findings that overlap another.
    let three = [
        "X99997,00C,2013-04-01,2014-03-31",
        "X99997,00D,2014-04-01,2016-04-10",
        "X99997,00C,2016-04-01,2020-03-31",
    ];
    assert_eq!(table(&three), ["3:valid_from:overlap", "4:valid_from:overlap"]);
}

#[test]
fn every_field_of_a_succession_that_differs_is_a_finding() {
    let head = "predecessor_code,successor_code,effective_date,type,share,source,note\n";
    let row = |row: &str| found_in("organisation_successions.csv", &format!("{head}{row}\n"));
    assert_eq!(row("00F,13T,2015-04-01,MERGER,,x,"), Vec::<String>::new());
    assert_eq!(row("00F,13T,2015-04-01,SPLIT,,x,"), ["2:type:differs"]);
    assert_eq!(row("00F,13T,2015-04-01,MERGER,0.5,x,"), ["2:share:differs"]);
    assert_eq!(row("00F,13T,2015-04-01,SPLIT,0.5,x,"), ["2:type:differs", "2:share:differs"]);
    // A predecessor that lives on; bodies of different kinds.
    assert_eq!(row("11X,15E,2018-04-01,MERGER,,x,"), ["2:predecessor_code:date-against-date"]);
    assert_eq!(row("A81003,00K,2017-11-01,MERGER,,x,"), ["2:successor_code:refused"]);
}

#[test]
fn a_file_that_is_not_read_is_a_finding() {
    let dir = std::env::temp_dir().join(format!("remit-unread-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    for (name, says) in [
        (
            "organisation.csv",
            "its 2 rows are not read: no file of the layout has this name; is it \
             organisations.csv?",
        ),
        ("unlike-all.csv", "its 2 rows are not read: no file of the layout has this name"),
    ] {
        std::fs::write(dir.join(name), "a,b\n1,2\n3,4\n").expect("written");
        let mut plan = Plan::new(Register::default());
        tables::plan(&mut plan, &Source::Directory(dir.clone())).expect("read");
        let reasons: Vec<_> = plan.findings().iter().map(|each| each.reason.as_str()).collect();
        assert_eq!(reasons, [says]);
        std::fs::remove_file(dir.join(name)).expect("removed");
    }
    std::fs::remove_dir(&dir).expect("removed");
}

/// The names of 11X in a year for which lists sighted them, as an import of the rows gives them.
fn named_in(rows: &[&str], days: &[&str]) -> Vec<String> {
    static DIRS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = DIRS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("remit-names-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    // The columns stand in another order in every second file.
    let row = |fields: [&str; 5], turned: bool| {
        let [code, name, first, last, source] = fields;
        let fields = if turned { [source, last, name, first, code] } else { fields };
        fields.join(",")
    };
    let turned = number % 2 == 1;
    let mut text = row(["ods_code", "name", "first_seen", "last_seen", "source"], turned) + "\n";
    for line in rows {
        let fields: Vec<_> = line.split(',').collect();
        text += &(row(fields.try_into().expect("five fields"), turned) + "\n");
    }
    std::fs::write(dir.join("organisation_name_sightings.csv"), text).expect("written");
    let mut plan = Plan::new(register());
    tables::plan(&mut plan, &Source::Directory(dir.clone())).expect("read");
    std::fs::remove_dir_all(&dir).expect("removed");
    assert!(plan.findings().is_empty(), "{:?}", plan.findings());
    let named = |day: &&str| {
        let code = "11X".parse().expect("a code");
        let on = day.parse().expect("a day");
        let name = plan.register().name_of(code, on, plan.register().tail()).expect("a name");
        name.to_string()
    };
    days.iter().map(named).collect()
}

#[test]
fn a_sighting_bounds_a_names_life() {
    const OLD: &str = "11X,NHS OLD SOMERSET CCG,2016-02-01,2016-02-01,ODS eccg.csv";
    const NOW: &str = "11X,NHS SOMERSET CCG,2018-11-01,2018-11-01,ODS eccg.csv";
    const OLD_LABEL: &str = "11X,NHS Old Somerset,2013-04-01,2017-05-30,ONS / ONSPD name lists";
    const NOW_LABEL: &str = "11X,NHS Somerset,2017-09-12,2021-06-25,ONS / ONSPD name lists";
    const OTHER_LABEL: &str = "11X,Somerset area,2014-01-01,2021-06-25,ONS / ONSPD name lists";
    let (old, now) = ("NHS OLD SOMERSET CCG", "NHS SOMERSET CCG");
    for (rows, day, name) in [
        // One name, the one recorded with the role.
        (&[NOW][..], "2014-01-01", now),
        // The first name of all is borne from the beginning, until another is seen.
        (&[OLD, NOW], "2013-04-01", old),
        (&[OLD, NOW], "2016-02-01", old),
        (&[OLD, NOW], "2018-10-31", old),
        (&[OLD, NOW], "2018-11-01", now),
        // In any order, and with labels that spell the same names.
        (&[NOW, OLD], "2018-10-31", old),
        (&[NOW, NOW_LABEL, OLD_LABEL, OLD], "2017-09-11", old),
        (&[NOW, NOW_LABEL, OLD_LABEL, OLD], "2017-09-12", now),
        // A label that spells no name bounds none.
        (&[OTHER_LABEL, OLD, NOW], "2015-01-01", old),
        // A name seen after the other is borne from its own first sighting.
        (&["11X,NHS NEW SOMERSET CCG,2020-01-01,2020-02-01,ODS eccg.csv", NOW], "2019-12-31", now),
        (
            &["11X,NHS NEW SOMERSET CCG,2020-01-01,2020-02-01,ODS eccg.csv", NOW],
            "2020-03-01",
            "NHS NEW SOMERSET CCG",
        ),
        // The code lives on in another role, whose name is another's.
        (&[OLD, NOW], "2023-01-01", "NHS SOMERSET ICB - 11X"),
    ] {
        assert_eq!(named_in(rows, &[day]), [name], "on {day}: {rows:?}");
    }
}
