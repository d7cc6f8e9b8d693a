//! Proof for those who do not trust us: the Merkle tree over the log, signed checkpoints, and what
//! shows that an event is in the log and that the log only grew.
//!
//! Lives here: the RFC 6962 tree whose leaf n-1 is the stored bytes of event n ([`tree`]), the
//! index that says which events are filed under a key ([`index`]), checkpoints as C2SP signed notes
//! ([`note`]) and their keys ([`keys`]), what witnesses say of them ([`cosignature`]), and the log
//! as files ([`tiles`]).
//!
//! Must not live here: a clock, I/O, `async`, or what events mean; nor made-up keys: a seed comes
//! in.

pub mod cosignature;
pub mod index;
pub mod keys;
pub mod note;
pub mod tiles;
pub mod tree;

pub use cosignature::{Cosignature, Cosigned};
pub use index::Index;
pub use keys::{KeyRing, SignerKey, VerifierKey, WitnessKey, WitnessSigner};
pub use note::{Checkpoint, NoteError};
pub use tiles::Tile;
pub use tree::{Frontier, Hash, ProofError, Subtrees};
