//! Tests the paths of tiles and entry bundles, and the tree sizes at which they exist, against C2SP
//! tlog-tiles.

#![allow(clippy::expect_used, missing_docs, reason = "tests")]

use remit_ledger::tiles::{self, EntryTooLong, Holds, Tile, WIDTH};

#[test]
fn names_are_read_and_written_in_one_spelling() {
    let (leaves, entries) = (Holds::Hashes { level: 0 }, Holds::Entries);
    for (path, holds, number, width) in [
        ("tile/0/000", leaves, 0, WIDTH),
        ("tile/0/000.p/1", leaves, 0, 1),
        ("tile/63/x001/x234/067", Holds::Hashes { level: 63 }, 1_234_067, WIDTH),
        ("tile/entries/x001/234.p/255", entries, 1_234, 255),
        ("tile/0/x018/x446/x744/x073/x709/x551/615", leaves, u64::MAX, WIDTH),
    ] {
        let tile = Tile { holds, number, width };
        assert_eq!(path.parse(), Ok(tile), "{path}");
        assert_eq!(tile.to_string(), path);
    }
    for path in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/001/234",
        "tile/0/x001",
        "tile/0/xx01/234",
        "tile/0/+01",
        "tile/0/-01",
        "tile/0/000/",
        "tile/0//000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/+1",
        "tile/0/000.p/1.p/1",
        "tile/00/000",
        "tile/+0/000",
        "tile/64/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/Entries/000",
        "tile/8/0/000",
        "/tile/0/000",
        "tile/0/\u{0660}00",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x018/x446/x744/x073/x709/x551/615",
    ] {
        assert!(path.parse::<Tile>().is_err(), "{path}");
    }
}

#[test]
fn a_tree_has_the_tiles_of_every_size_it_ever_had() {
    let there = |path: &str, size| path.parse::<Tile>().expect("a name").is_in(size);
    // This is the example of the C2SP tlog-tiles specification: a tree of 70,000 leaves.
    for (path, last) in [("tile/0/273.p/112", true), ("tile/0/273.p/113", false)] {
        assert_eq!(there(path, 70_000), last, "{path}");
    }
    for path in
        ["tile/0/272", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/272"]
    {
        assert!(there(path, 70_000), "{path}");
    }
    for path in ["tile/0/273", "tile/1/001.p/18", "tile/2/000.p/2", "tile/3/000.p/1"] {
        assert!(!there(path, 70_000), "{path}");
    }
    // A partial tile still exists once the full tile exists, because earlier checkpoints end in the
    // partial tile.
    assert!(there("tile/0/000.p/3", 70_000));
    assert!(!there("tile/0/000.p/1", 0));
    assert!(there("tile/1/000.p/1", 256) && !there("tile/1/000.p/1", 255));
    // The largest possible tree size causes no arithmetic overflow.
    for path in ["tile/0/x018/x446/x744/x073/x709/x551/615", "tile/63/000.p/1", "tile/8/000.p/1"] {
        assert!(!there(path, u64::MAX), "{path}");
    }
    assert!(there("tile/7/000.p/255", u64::MAX) && !there("tile/7/000", u64::MAX));
}

#[test]
fn a_bundle_has_each_entry_after_its_length() {
    assert_eq!(tiles::bundle(["ab", "", "c"]), Ok(b"\0\x02ab\0\0\0\x01c".to_vec()));
    let longest = vec![b'x'; tiles::ENTRY_BYTES_MAX];
    let bundle = tiles::bundle([&longest]).expect("it fits");
    assert_eq!((bundle.len(), &bundle[..2]), (65_537, [0xff, 0xff].as_slice()));
    let longer = vec![b'x'; tiles::ENTRY_BYTES_MAX + 1];
    assert_eq!(tiles::bundle([&longest, &longer]), Err(EntryTooLong(1)));
}
