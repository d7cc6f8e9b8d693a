//! Signed checkpoints: C2SP signed notes that hold a C2SP tlog-checkpoint, signed with Ed25519.
//!
//! A note is text, an empty line, and signature lines. A signature line by an unknown key is kept
//! but not checked, because a witness cosigns a note by adding a line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::keys::{SignerKey, VerifierKey};
use crate::tree::Hash;

/// The prefix of every signature line of a note.
const LINE: &str = "\u{2014} ";
/// The prefix of the line of a checkpoint that gives the root of the index.
const INDEX: &str = "index ";

/// Why a note, a checkpoint or a key is rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A key, or a file of keys, is not valid.
    #[error("not a key of the signed-note format: {0}")]
    Key(&'static str),
    /// A line of a file of keys is not a valid key. The number is the line's number, counted from
    /// 1; the error is the reason.
    #[error("line {0}: {1}")]
    Line(usize, Box<NoteError>),
    /// The text is not a signed note.
    #[error("not a signed note: {0}")]
    Note(&'static str),
    /// The text of the note is not a checkpoint.
    #[error("the note holds no checkpoint: {0}")]
    Checkpoint(&'static str),
    /// None of the given keys signed the note.
    #[error(
        "the note has no signature by any of the given keys; if the register has a new key, ask \
         the operator of the register for that key"
    )]
    NoSignature,
    /// None of the known witnesses cosigned the note.
    #[error("the note has no cosignature by any of the known witnesses")]
    NoWitness,
    /// A signature line in the name of one of the given keys is not valid. The text is the name of
    /// the key.
    #[error("the signature by the key named {0} is not valid")]
    Signature(String),
}

/// A checkpoint: the size and root of a log's tree, in the form in which they are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log, which no other log has.
    pub origin: String,
    /// The number of leaves in the log's tree, which is the position of the last event.
    pub size: u64,
    /// The root of the log's tree.
    pub root: Hash,
    /// The root of the index over the events of the log's tree, if the checkpoint has one: see
    /// [`crate::index`]. In the note this root is on an extension line, after the word `index`.
    pub index: Option<Hash>,
}

impl Checkpoint {
    /// The text of the checkpoint, which is what the log signs.
    #[must_use]
    pub fn body(&self) -> String {
        let mut body = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root));
        if let Some(index) = self.index {
            body += &format!("{INDEX}{}\n", STANDARD.encode(index));
        }
        body
    }

    /// The checkpoint as a note, signed by every key in `keys`.
    #[must_use]
    pub fn sign(&self, keys: &[&SignerKey]) -> String {
        sign(&self.body(), keys)
    }

    /// Verifies a note as [`open`] does, and parses its text as a checkpoint. Returns the
    /// checkpoint, and the signature lines by other keys unchanged.
    ///
    /// # Errors
    /// [`NoteError`] if the note is not validly signed by any of `keys`, or its text is not a
    /// checkpoint.
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<(Self, Vec<String>), NoteError> {
        let (text, others) = open(note, keys)?;
        Ok((Self::parse(text)?, others))
    }

    /// Parses the checkpoint in a note without checking the signatures, for a reader who has no
    /// key.
    ///
    /// # Errors
    /// [`NoteError`] if the note is malformed, or its text is not a checkpoint.
    pub fn unverified(note: &str) -> Result<Self, NoteError> {
        Self::parse(split(note)?.0)
    }

    /// Parses the text of a note as a checkpoint.
    pub(crate) fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.lines();
        let (origin, size, root) = (parts.next(), parts.next(), parts.next());
        let missing = NoteError::Checkpoint(
            "it must have a line each for origin, size and root, and may have one for the index",
        );
        let (Some(origin), Some(size), Some(root)) = (origin, size, root) else {
            return Err(missing);
        };
        let size = size.parse().map_err(|_| NoteError::Checkpoint("its size is not a number"))?;
        let hash = |text| STANDARD.decode(text).ok().and_then(|hash| Hash::from_slice(&hash));
        let root = hash(root).ok_or(NoteError::Checkpoint("its root is not 32 bytes of base64"))?;
        let index = parts.next().and_then(|line| line.strip_prefix(INDEX)).and_then(hash);
        let checkpoint = Self { origin: origin.to_owned(), size, root, index };
        // A checkpoint has exactly one valid text. Refuse any other text, such as one with more
        // lines.
        if checkpoint.origin.is_empty() || checkpoint.body() != text {
            return Err(missing);
        }
        Ok(checkpoint)
    }
}

/// Signs `text`, which must end with a line break, with every key in `keys`. Returns the signed
/// note.
#[must_use]
pub fn sign(text: &str, keys: &[&SignerKey]) -> String {
    let line = |key: &&SignerKey| {
        let public = key.public();
        signature_line(public.name(), public.id(), &key.sign(text.as_bytes()))
    };
    let lines: String = keys.iter().map(line).collect();
    format!("{text}\n{lines}")
}

/// Verifies a note: at least one of `keys` must have signed it, and every signature line in the
/// name of one of `keys` must be valid. Returns the text of the note, and the signature lines by
/// other keys unchanged.
///
/// # Errors
/// [`NoteError`] if the note is malformed, or is not validly signed.
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
    /// The whole signature line, without its line break.
    pub text: &'n str,
    /// The name of the key, as the line claims.
    pub name: &'n str,
    /// The id of the key, as the line claims.
    pub id: [u8; 4],
    /// The bytes of the line after the key's id: a signature, or the time and signature of a
    /// cosignature.
    pub signature: Vec<u8>,
}

impl<'n> Line<'n> {
    fn parse(text: &'n str) -> Result<Self, NoteError> {
        let rest = text.strip_prefix(LINE).and_then(|rest| rest.split_once(' '));
        let (name, data) =
            rest.ok_or(NoteError::Note("a line after the text is not a signature"))?;
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

/// Splits a note into its text and its signature lines.
pub(crate) fn split(note: &str) -> Result<(&str, Vec<Line<'_>>), NoteError> {
    let split = note.rfind("\n\n").ok_or(NoteError::Note("it has no empty line"))?;
    let (text, lines) = (&note[..=split], &note[split + 2..]);
    if lines.is_empty() || !lines.ends_with('\n') {
        return Err(NoteError::Note("it does not end with a signature line"));
    }
    let lines = lines.lines().map(Line::parse).collect::<Result<_, _>>()?;
    Ok((text, lines))
}
