//! Signed checkpoints: C2SP signed notes that hold a C2SP tlog-checkpoint, signed with Ed25519.
//!
//! A note is text, an empty line, and signature lines. A line by a key that is not known is kept
//! and not judged: a witness that cosigns adds a line, and nothing else changes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::keys::{SignerKey, VerifierKey};
use crate::tree::Hash;

/// What every signature line begins with.
const LINE: &str = "\u{2014} ";
/// What the line of the index begins with.
const INDEX: &str = "index ";

/// Why a note, a checkpoint or a key is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text has not the shape of a key.
    #[error("not a key of the signed-note format: {0}")]
    Key(&'static str),
    /// A line of several keys is none.
    #[error("line {0}: {1}")]
    Line(usize, Box<NoteError>),
    /// The text has not the shape of a note.
    #[error("not a signed note: {0}")]
    Note(&'static str),
    /// The note holds no checkpoint.
    #[error("the note holds no checkpoint: {0}")]
    Checkpoint(&'static str),
    /// None of the keys signed it.
    #[error("none of the given keys signed it; if the register has a new one, have that")]
    NoSignature,
    /// None of the witnesses cosigned it.
    #[error("none of the known witnesses cosigned it")]
    NoWitness,
    /// A line names one of the keys and is not its signature.
    #[error("the signature of {0} does not stand")]
    Signature(String),
}

/// A tree head as it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: a name that no other log has.
    pub origin: String,
    /// So many leaves: the position of the last event.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The root of the index over them, where it is signed with them: see [`crate::index`]. An
    /// extension line of the note: `index` and the root.
    pub index: Option<Hash>,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn body(&self) -> String {
        let mut body = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root));
        if let Some(index) = self.index {
            body += &format!("{INDEX}{}\n", STANDARD.encode(index));
        }
        body
    }

    /// The checkpoint as a note, signed by every key.
    #[must_use]
    pub fn sign(&self, keys: &[&SignerKey]) -> String {
        sign(&self.body(), keys)
    }

    /// Reads a note and checks it: see [`open`]. Returns the checkpoint and the lines of others, as
    /// they are.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<(Self, Vec<String>), NoteError> {
        let (text, others) = open(note, keys)?;
        Ok((Self::parse(text)?, others))
    }

    /// Reads a note and believes it: whoever has no key learns what it says, not who says so.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn unverified(note: &str) -> Result<Self, NoteError> {
        Self::parse(split(note)?.0)
    }

    /// Reads what a note says.
    pub(crate) fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.lines();
        let (origin, size, root) = (parts.next(), parts.next(), parts.next());
        let missing =
            NoteError::Checkpoint("it is origin, size and root, a line each, and at most an index");
        let (Some(origin), Some(size), Some(root)) = (origin, size, root) else {
            return Err(missing);
        };
        let size = size.parse().map_err(|_| NoteError::Checkpoint("its size is no number"))?;
        let hash = |text| STANDARD.decode(text).ok().and_then(|hash| Hash::try_from(hash).ok());
        let root = hash(root).ok_or(NoteError::Checkpoint("its root is not 32 bytes of base64"))?;
        let index = parts.next().and_then(|line| line.strip_prefix(INDEX)).and_then(hash);
        let checkpoint = Self { origin: origin.to_owned(), size, root, index };
        // Nothing besides, and one spelling only: no two notes say the same.
        if checkpoint.origin.is_empty() || checkpoint.body() != text {
            return Err(missing);
        }
        Ok(checkpoint)
    }
}

/// A text, which ends with a line break, as a note signed by every key.
#[must_use]
pub fn sign(text: &str, keys: &[&SignerKey]) -> String {
    let line = |key: &&SignerKey| {
        let public = key.public();
        signature_line(public.name(), public.id(), &key.sign(text.as_bytes()))
    };
    let lines: String = keys.iter().map(line).collect();
    format!("{text}\n{lines}")
}

/// The text of a note, if at least one of the keys signed it and no line that names one of them is
/// wrong; and the lines of others, as they are.
///
/// # Errors
/// [`NoteError`].
pub fn open<'n>(note: &'n str, keys: &[VerifierKey]) -> Result<(&'n str, Vec<String>), NoteError> {
    let (text, lines) = split(note)?;
    let (mut signed, mut others) = (false, Vec::new());
    for line in lines {
        let Some(key) = keys.iter().find(|key| key.name() == line.name && key.id() == line.id)
        else {
            others.push(line.text.to_owned());
            continue;
        };
        if !key.signed(text.as_bytes(), &line.signature) {
            return Err(NoteError::Signature(line.name.to_owned()));
        }
        signed = true;
    }
    if signed { Ok((text, others)) } else { Err(NoteError::NoSignature) }
}

/// A signature line of a note.
pub(crate) struct Line<'n> {
    /// As it stands.
    pub text: &'n str,
    /// Whose it is said to be.
    pub name: &'n str,
    /// Of which key.
    pub id: [u8; 4],
    /// What follows.
    pub signature: Vec<u8>,
}

impl<'n> Line<'n> {
    fn parse(text: &'n str) -> Result<Self, NoteError> {
        let rest = text.strip_prefix(LINE).and_then(|rest| rest.split_once(' '));
        let (name, data) = rest.ok_or(NoteError::Note("a line is no signature"))?;
        let decoded = STANDARD.decode(data);
        let data = decoded.map_err(|_| NoteError::Note("a signature is not base64"))?;
        let Some((id, signature)) = data.split_first_chunk() else {
            return Err(NoteError::Note("a signature is too short"));
        };
        Ok(Self { text, name, id: *id, signature: signature.to_vec() })
    }
}

pub(crate) fn signature_line(name: &str, id: [u8; 4], signature: &[u8]) -> String {
    let data = [id.as_slice(), signature].concat();
    format!("{LINE}{name} {}\n", STANDARD.encode(data))
}

/// Splits a note into what it says and its signature lines.
pub(crate) fn split(note: &str) -> Result<(&str, Vec<Line<'_>>), NoteError> {
    let split = note.rfind("\n\n").ok_or(NoteError::Note("it has no empty line"))?;
    let (text, lines) = (&note[..=split], &note[split + 2..]);
    if lines.is_empty() || !lines.ends_with('\n') {
        return Err(NoteError::Note("it does not end with a signature line"));
    }
    let lines = lines.lines().map(Line::parse).collect::<Result<_, _>>()?;
    Ok((text, lines))
}
