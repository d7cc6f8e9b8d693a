//! What witnesses say of a checkpoint: that they saw the log grow to it and never saw another one
//! (C2SP tlog-cosignature, `cosignature/v1`).
//!
//! A cosignature is a signature line of the note. What a witness signs is not the note but a
//! header, the time, and the note's text; so it cannot be passed off as the signature of a log.

use crate::keys::{KeyRing, WitnessKey, WitnessSigner};
use crate::note::{self, Checkpoint, Line, NoteError};

/// The last second of the year 9999: later ones have no date that everybody can write.
pub const TIME_MAX: u64 = 253_402_300_799;

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

impl WitnessSigner {
    /// The line with which a witness cosigns a checkpoint, at a time in seconds since 1970 UTC.
    #[must_use]
    pub fn cosign(&self, checkpoint: &Checkpoint, time: u64) -> String {
        let signature = self.sign(message(time, &checkpoint.body()).as_bytes());
        let timed = [time.to_be_bytes().as_slice(), signature.as_slice()].concat();
        note::signature_line(self.public().name(), self.public().id(), &timed)
    }
}

/// That a witness cosigned, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// Its name.
    pub witness: String,
    /// What tells its key from others of the same name.
    pub id: [u8; 4],
    /// When, in seconds since 1970 UTC, as the witness says.
    pub time: u64,
    /// The signature line.
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

/// A checkpoint with the cosignatures of witnesses: of each the newest, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// What they cosigned.
    pub checkpoint: Checkpoint,
    /// At least one.
    pub cosignatures: Vec<Cosignature>,
}

impl Cosigned {
    /// Reads a note and checks it: at least one of the witnesses cosigned it, and no line that
    /// names one of them is wrong. Lines of others, the log's too, are left out and not judged.
    ///
    /// # Errors
    /// [`NoteError`].
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

    /// Reads what [`Cosigned::text`] wrote, which was checked before.
    ///
    /// # Errors
    /// [`NoteError`] where it is something else.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (text, lines) = note::split(text)?;
        let cosignatures = lines.iter().map(Cosignature::of).collect::<Option<_>>();
        let cosignatures = cosignatures.ok_or(NoteError::Note("a line is no cosignature"))?;
        Self::new(Checkpoint::parse(text)?, cosignatures)
    }

    fn new(checkpoint: Checkpoint, mut all: Vec<Cosignature>) -> Result<Self, NoteError> {
        if all.is_empty() {
            return Err(NoteError::NoWitness);
        }
        // Of each witness the newest.
        all.sort_by(|a, b| (&a.witness, a.id, b.time).cmp(&(&b.witness, b.id, a.time)));
        all.dedup_by(|later, first| (&later.witness, later.id) == (&first.witness, first.id));
        Ok(Self { checkpoint, cosignatures: all })
    }

    /// Adds the cosignatures that others have given to the same checkpoint before; of witnesses
    /// that are not known any more, none.
    #[must_use]
    pub fn beside(self, before: &Self, witnesses: &[WitnessKey]) -> Self {
        let known = |c: &&Cosignature| {
            witnesses.iter().any(|key| key.name() == c.witness && key.id() == c.id)
        };
        let Self { checkpoint, mut cosignatures } = self.clone();
        if before.checkpoint == checkpoint {
            cosignatures.extend(before.cosignatures.iter().filter(known).cloned());
        }
        Self::new(checkpoint, cosignatures).unwrap_or(self)
    }

    /// The checkpoint and the lines of the witnesses, without those of the log.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}", self.checkpoint.body(), self.lines())
    }

    /// The checkpoint as a note, signed by every key of the log and by the witnesses.
    #[must_use]
    pub fn note(&self, keys: &KeyRing) -> String {
        keys.sign(&self.checkpoint) + &self.lines()
    }

    fn lines(&self) -> String {
        self.cosignatures.iter().map(|cosignature| cosignature.line.as_str()).collect()
    }
}
