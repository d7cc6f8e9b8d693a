//! Cosignatures of checkpoints. By a cosignature a witness states that it saw the log grow to a
//! checkpoint and saw no other checkpoint of that size (C2SP tlog-cosignature, `cosignature/v1`).
//!
//! A cosignature is a signature line of the checkpoint's note. The witness signs a header, the time
//! and the note's text, rather than the text alone, so that a cosignature cannot be passed off as
//! the log's signature.

use crate::keys::{KeyRing, WitnessKey, WitnessSigner};
use crate::note::{self, Checkpoint, Line, NoteError};

/// The latest time of a cosignature, in seconds since 1970 UTC: the last second of the year 9999.
/// Some programs cannot write a later time as a date.
pub const TIME_MAX: u64 = 253_402_300_799;

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

impl WitnessSigner {
    /// The signature line by which the witness cosigns `checkpoint` at `time`, in seconds since
    /// 1970 UTC.
    #[must_use]
    pub fn cosign(&self, checkpoint: &Checkpoint, time: u64) -> String {
        let signature = self.sign(message(time, &checkpoint.body()).as_bytes());
        let timed = [time.to_be_bytes().as_slice(), signature.as_slice()].concat();
        note::signature_line(self.public().name(), self.public().id(), &timed)
    }
}

/// A cosignature: which witness cosigned, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// The name of the witness.
    pub witness: String,
    /// The id of the witness's key, which distinguishes it from other keys of the same name.
    pub id: [u8; 4],
    /// When the witness says that it cosigned, in seconds since 1970 UTC.
    pub time: u64,
    /// The signature line of the cosignature in the note, with its line break.
    line: String,
    signature: Vec<u8>,
}

impl Cosignature {
    fn of(line: &Line<'_>) -> Option<Self> {
        let (time, signature) = line.signature.split_first_chunk()?;
        let time = u64::from_be_bytes(*time);
        (signature.len() == 64 && time <= TIME_MAX).then(|| Self {
            witness: line.name.to_owned(),
            id: line.id,
            time,
            line: format!("{}\n", line.text),
            signature: signature.to_vec(),
        })
    }
}

/// A checkpoint and its cosignatures, sorted by witness name. Only the newest cosignature by each
/// witness key is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The checkpoint that was cosigned.
    pub checkpoint: Checkpoint,
    /// The cosignatures of the checkpoint. There is at least one.
    pub cosignatures: Vec<Cosignature>,
}

impl Cosigned {
    /// Parses a note and verifies its cosignatures: at least one of `witnesses` must have cosigned
    /// the note, and every signature line in the name of one of `witnesses` must be valid. Lines by
    /// other keys, including the log's keys, are dropped unchecked.
    ///
    /// # Errors
    /// [`NoteError`] if the note is malformed, or is not validly cosigned.
    pub fn verify(note: &str, witnesses: &[WitnessKey]) -> Result<Self, NoteError> {
        let (text, lines) = note::split(note)?;
        let mut cosignatures = Vec::new();
        for line in lines {
            let own = |key: &&WitnessKey| key.name() == line.name && key.id() == line.id;
            let Some(key) = witnesses.iter().find(own) else { continue };
            let wrong = || NoteError::Signature(line.name.to_owned());
            let cosignature = Cosignature::of(&line).ok_or_else(wrong)?;
            let message = message(cosignature.time, text);
            if !key.signed(message.as_bytes(), &cosignature.signature) {
                return Err(wrong());
            }
            cosignatures.push(cosignature);
        }
        Self::new(Checkpoint::parse(text)?, cosignatures)
    }

    /// Parses text in the form that [`Cosigned::text`] makes. The signatures are not checked.
    ///
    /// # Errors
    /// [`NoteError`] if `text` does not have that form, or holds no cosignature.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (text, lines) = note::split(text)?;
        let cosignatures = lines.iter().map(Cosignature::of).collect::<Option<_>>();
        let cosignatures = cosignatures.ok_or(NoteError::Note("a line is not a cosignature"))?;
        Self::new(Checkpoint::parse(text)?, cosignatures)
    }

    fn new(checkpoint: Checkpoint, mut all: Vec<Cosignature>) -> Result<Self, NoteError> {
        if all.is_empty() {
            return Err(NoteError::NoWitness);
        }
        // Keep only the newest cosignature by each witness key.
        all.sort_by(|a, b| (&a.witness, a.id, b.time).cmp(&(&b.witness, b.id, a.time)));
        all.dedup_by(|later, first| (&later.witness, later.id) == (&first.witness, first.id));
        Ok(Self { checkpoint, cosignatures: all })
    }

    /// Adds the cosignatures in `before` that were made with keys in `witnesses`. Adds none if
    /// `before` is about another checkpoint than `self`.
    #[must_use]
    pub fn merged(self, before: &Self, witnesses: &[WitnessKey]) -> Self {
        let known = |c: &&Cosignature| {
            witnesses.iter().any(|key| key.name() == c.witness && key.id() == c.id)
        };
        let Self { checkpoint, mut cosignatures } = self.clone();
        if before.checkpoint == checkpoint {
            cosignatures.extend(before.cosignatures.iter().filter(known).cloned());
        }
        Self::new(checkpoint, cosignatures).unwrap_or(self)
    }

    /// The text of the checkpoint and the signature lines of the witnesses, without the signatures
    /// of the log.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}", self.checkpoint.body(), self.lines())
    }

    /// The checkpoint as a note: signed by every key in `keys`, with the cosignatures of the
    /// witnesses.
    #[must_use]
    pub fn note(&self, keys: &KeyRing) -> String {
        keys.sign(&self.checkpoint) + &self.lines()
    }

    fn lines(&self) -> String {
        self.cosignatures.iter().map(|cosignature| cosignature.line.as_str()).collect()
    }
}
