//! Proofs for those who do not trust the register: the Merkle tree over the log, signed
//! checkpoints, and proofs that an event is in the log and that the log has only grown.
//!
//! Lives here: the RFC 6962 tree whose leaf n-1 is event n ([`tree`]), the index of the events
//! filed under each key ([`index`]), checkpoints as C2SP signed notes ([`note`]) and their keys
//! ([`keys`]), cosignatures by witnesses ([`cosignature`]), and the log as files ([`tiles`]).
//!
//! Must not live here: a clock, I/O, `async`, random numbers (the caller passes the seed of a new
//! key), or what events mean.

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
