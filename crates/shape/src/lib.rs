//! The stored shapes of events, of acts of the desk and of marks: JSON, pinned by golden files.
//!
//! Lives here: the envelope of an event (`envelope`, CloudEvents 1.0); the `data` of events by
//! topic (`fact`, one table of fields for each shape, with earlier versions beside it); the acts
//! and marks of the desk (`desk`); and the values stored beside an event because they may name a
//! person (`disclosure`).
//!
//! Written bytes never change: events are never re-serialised, and a released shape never changes.
//! A change needs a new type, or a new version of a type. A type or field that this release does
//! not know is refused by name, never skipped.
//!
//! Must not live here: I/O, a clock, randomness, engines, or what events mean, which `remit-domain`
//! and `remit-register` define.

mod desk;
mod disclosure;
mod envelope;
mod fact;
mod object;
mod value;

pub use desk::{
    Again, DeskAct, DeskEvent, DeskName, GroupMark, InvalidDeskName, Parked, decode_act,
    decode_mark, encode_act, encode_mark,
};
pub use disclosure::{Beside, BesideError, Disclosure, Salt, commitment, seal};
pub use envelope::{
    Draft, Encoded, Encoder, InvalidRequestId, InvalidTraceParent, Place, Recorded, RequestId,
    SOURCE_PREFIX, ShapeError, Stamp, TYPE_PREFIX, TraceParent, decode, event_type, event_types,
};
