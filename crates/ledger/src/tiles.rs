//! The log as files that anyone can copy and cache: the C2SP tlog-tiles paths of the files, and the
//! size that the tree must have reached before each file exists.
//!
//! A tile of hashes holds the roots of 256 adjacent subtrees, each with 256^level leaves. An entry
//! bundle holds 256 entries; C2SP calls each event an entry. The last file of each level may be
//! partial. The file at a path never changes.

use std::fmt;
use std::str::FromStr;

/// The number of hashes in a full tile, and of entries in a full entry bundle.
pub const WIDTH: u64 = 256;
/// The maximum length of an entry, in bytes: the length is stored before the entry in two bytes.
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;
/// The maximum number of parts in which a path writes a file's number: a `u64` has at most 20
/// digits, and each part has three.
const PARTS_MAX: usize = 7;

/// What a file of the log holds: hashes or entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The roots of subtrees with 256^`level` leaves each. At level 0 these are the hashes of the
    /// leaves.
    Hashes {
        /// The level of the tile, at most 63.
        level: u8,
    },
    /// The entries themselves: the stored bytes of events.
    Entries,
}

/// A tile of hashes or an entry bundle.
///
/// The path of the file is `tile/<level>/<number>` or `tile/entries/<number>`. The number is
/// written in groups of three digits: `x001/234` for 1234. The path of a partial file ends in
/// `.p/<width>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// What the file holds: hashes or entries.
    pub holds: Holds,
    /// The number of the file among the files of its level, from 0.
    pub number: u64,
    /// How many hashes or entries the file holds: 1 to 256.
    pub width: u64,
}

/// The error for a text that is not the path of a tile or an entry bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the path must be tile/<level>/<number> or tile/entries/<number>, with the number in groups \
     of three digits, such as 007 or x001/234, and .p/<width> at the end for a partial tile"
)]
pub struct InvalidTile;

impl Tile {
    /// Whether a tree of `size` leaves has this file. A partial file is never removed, because
    /// somebody may hold a checkpoint of a tree that ends in that file.
    #[must_use]
    pub fn is_in(&self, size: u64) -> bool {
        let level = match self.holds {
            Holds::Hashes { level } => u32::from(level),
            Holds::Entries => 0,
        };
        let complete = size.checked_shr(8 * level).unwrap_or(0);
        let end = u128::from(self.number) * u128::from(WIDTH) + u128::from(self.width);
        end <= u128::from(complete)
    }

    /// The number of the first hash or entry in the file, counted from 0 over the whole level.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.number.saturating_mul(WIDTH)
    }

    /// Whether the file is full: a full file holds 256 hashes or entries.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == WIDTH
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holds {
            Holds::Hashes { level } => write!(f, "tile/{level}")?,
            Holds::Entries => f.write_str("tile/entries")?,
        }
        let mut higher = Vec::new();
        let mut rest = self.number / 1_000;
        while rest > 0 {
            higher.push(rest % 1_000);
            rest /= 1_000;
        }
        for part in higher.iter().rev() {
            write!(f, "/x{part:03}")?;
        }
        write!(f, "/{:03}", self.number % 1_000)?;
        if !self.is_full() {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for Tile {
    type Err = InvalidTile;

    fn from_str(path: &str) -> Result<Self, InvalidTile> {
        let rest = path.strip_prefix("tile/").ok_or(InvalidTile)?;
        let (kind, rest) = rest.split_once('/').ok_or(InvalidTile)?;
        let holds = match kind {
            "entries" => Holds::Entries,
            level => Holds::Hashes { level: level.parse().map_err(|_| InvalidTile)? },
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(|_| InvalidTile)?),
            None => (rest, WIDTH),
        };
        if number.split('/').count() > PARTS_MAX {
            return Err(InvalidTile);
        }
        let number = number.split('/').try_fold(0_u64, |number, part| {
            let part: u64 = part.trim_start_matches('x').parse().ok()?;
            number.checked_mul(1_000)?.checked_add(part)
        });
        let tile = Self { holds, number: number.ok_or(InvalidTile)?, width };
        let bounded =
            (1..=WIDTH).contains(&width) && !matches!(holds, Holds::Hashes { level } if level > 63);
        // The path was parsed leniently. Accept only the one spelling that `Display` writes.
        if bounded && tile.to_string() == path { Ok(tile) } else { Err(InvalidTile) }
    }
}

/// The error for an entry of more than [`ENTRY_BYTES_MAX`] bytes. The number is the entry's number
/// in the bundle, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {0} of the entry bundle, counted from 0, has more than {ENTRY_BYTES_MAX} bytes")]
pub struct EntryTooLong(pub usize);

/// Encodes an entry bundle: for each entry its length, in two bytes with the high byte first, and
/// then the entry.
///
/// # Errors
/// [`EntryTooLong`] if an entry has more than [`ENTRY_BYTES_MAX`] bytes.
pub fn bundle<E: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = E>,
) -> Result<Vec<u8>, EntryTooLong> {
    let mut bytes = Vec::new();
    for (number, entry) in entries.into_iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| EntryTooLong(number))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}
