//! Tests that a Parquet export has a row for every event, and holds the root and the signed
//! checkpoint.

#![cfg(feature = "parquet")]
#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, RowAccessor};
use remit_archive::Export;
use remit_archive::columns::Columns;
use remit_ledger::{Checkpoint, Frontier, SignerKey, tree};

const SHAPES: [&str; 3] = [
    include_str!("../../shape/tests/golden/body-named.json"),
    include_str!("../../shape/tests/golden/membership-started.json"),
    include_str!("../../shape/tests/golden/instrument-drawn-v2.json"),
];

#[test]
fn every_event_is_a_row() {
    let events: Vec<String> = (1..=60_000_usize)
        .map(|position| {
            let shape = SHAPES[position % SHAPES.len()];
            shape.replace("\"id\":\"4711\"", &format!("\"id\":\"{position}\"")).replacen(
                "\"position\":4711",
                &format!("\"position\":{position}"),
                1,
            )
        })
        .collect();
    let mut frontier = Frontier::default();
    events.iter().for_each(|event| frontier.push(tree::leaf(event.as_bytes()), |_, _, _| ()));
    let key = SignerKey::from_seed("a-register", [7; 32]).expect("a key");
    let (size, root) = (frontier.size(), frontier.root());
    let checkpoint = Checkpoint { origin: "a-register".to_owned(), size, root, index: None };
    let note = checkpoint.sign(&[&key]);
    let path = std::env::temp_dir().join(format!("remit-columns-{}.parquet", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let form = Columns::begin(&path).expect("begun");
    let mut export = Export::new(Box::new(form), checkpoint, note.clone());
    events.iter().for_each(|event| export.event(event.as_bytes()).expect("written"));
    export.finish().expect("finished");

    let file = std::fs::File::open(&path).expect("there");
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    let metadata = reader.metadata().file_metadata();
    let said = |key: &str| {
        let all = metadata.key_value_metadata().expect("metadata");
        all.iter().find(|each| each.key == key).and_then(|each| each.value.clone())
    };
    assert_eq!(metadata.num_rows(), 60_000);
    assert_eq!(
        (said("remit.root"), said("remit.checkpoint")),
        (Some(root.to_string()), Some(note))
    );
    for (index, row) in reader.get_row_iter(None).expect("rows").enumerate() {
        let row = row.expect("a row");
        let raw = &events[index];
        assert_eq!(row.get_long(0).expect("a position"), i64::try_from(index).expect("small") + 1);
        assert_eq!(row.get_timestamp_micros(1).expect("an instant"), 1_427_846_400_123_456);
        assert_eq!(row.get_bytes(9).expect("bytes").data(), raw.as_bytes());
        let data = row.get_string(8).expect("JSON");
        assert!(raw.ends_with(&format!("\"data\":{data}}}")), "{data}");
        let (_, effective_on) = row.get_column_iter().nth(4).expect("a column");
        if raw.contains("\"effectiveon\":\"2015-04-01\"") {
            assert_eq!(*effective_on, Field::Date(16_526));
        } else {
            let without = !raw.contains("\"effectiveon\"");
            assert_eq!(*effective_on == Field::Null, without, "{raw}");
        }
    }
    std::fs::remove_file(&path).expect("removed");
}
