//! The values, facts and commands of the register, and [`decide()`], which checks a command.
//!
//! This crate holds: the terms of NHS commissioning as validated types ([`code`], [`period`],
//! [`basis`], [`body`], [`function`], [`rule`], [`instrument`], [`evidence`]); every fact that an
//! event can carry, by topic ([`fact`]); what the register knows, in the form in which decisions
//! read it ([`known`]); the check whether a command may be recorded ([`mod@decide`]), and the
//! faults that the check can report ([`fault`]).
//!
//! This crate must not hold: a clock, made-up ids, I/O, `async`, serde, protobuf or SQL; sentences
//! for people (those are in `remit-wording`); code that finds answers (that is in
//! `remit-register`).

pub mod basis;
pub mod body;
pub mod code;
pub mod decide;
pub mod evidence;
pub mod fact;
pub mod fault;
pub mod function;
pub mod instant;
pub mod instrument;
pub mod known;
pub mod life;
pub mod period;
pub mod personal;
pub mod position;
pub mod rule;
mod text;
mod word;

pub use basis::LegalBasis;
pub use body::{
    Body, BodyRole, ContractType, LegalForm, Member, Membership, Relation, Succession,
    SuccessionKind,
};
pub use code::{BodyCode, ContractId, FunctionCode, InstrumentId, InvalidCode, RecordId, RuleId};
pub use decide::{Act, Command, decide, exercisers};
pub use evidence::{Confidence, Evidence};
pub use fact::*;
pub use fault::*;
pub use function::{Function, HolderRule, Part, Route};
pub use instant::{InvalidInstant, UtcInstant};
pub use instrument::{Area, Forum, ForumKind, Instrument, InstrumentKind, Sighting, Start};
pub use known::*;
pub use life::{EndReason, Party, Stage, State, Step};
pub use period::{Day, DayOfYear, EmptyPeriod, InvalidDay, Period};
pub use personal::{Commitment, InvalidPersonalField, Personal, PersonalField};
pub use position::Position;
pub use rule::{Capacity, LawAsked, LiableRule, RoleInAnswer, Rule, RuleContent};
pub use text::{InvalidText, Text};
pub use word::{UnknownWord, Word};
