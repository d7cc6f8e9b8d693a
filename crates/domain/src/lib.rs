//! What can be said and what may be decided: values, facts, commands and [`decide()`].
//!
//! Lives here: the field's own terms as types that prove their checks ([`code`], [`period`],
//! [`basis`], [`body`], [`function`], [`rule`], [`instrument`], [`evidence`]), every fact an event can carry
//! ([`fact`]), and the decision whether a command may be recorded ([`mod@decide`]).
//!
//! Must not live here: a clock, made-up ids, I/O, `async`, serde, protobuf or SQL; nor how answers
//! are found (that is `remit-register`).

pub mod basis;
pub mod body;
pub mod code;
pub mod decide;
pub mod evidence;
pub mod fact;
pub mod function;
pub mod instrument;
pub mod known;
pub mod life;
pub mod period;
pub mod personal;
pub mod rule;
mod text;
mod word;

pub use basis::LegalBasis;
pub use body::{
    Body, BodyRole, ContractType, LegalForm, Member, Membership, Relation, Succession,
    SuccessionKind,
};
pub use code::{BodyCode, ContractId, FunctionCode, InstrumentId, InvalidCode, RecordId, RuleId};
pub use decide::{Act, Command, Reason, Refusal, decide, exercisers, overlaps, unlawful};
pub use evidence::{Confidence, Evidence};
pub use fact::{Correction, CorrectionKind, Event, Fact, FactKind, Handling, Position};
pub use function::{Function, HolderRule, Part, Route};
pub use instrument::{Area, Forum, ForumKind, Instrument, InstrumentKind, Start};
pub use known::{EventKnown, FundKnown, Held, InForce, InstrumentKnown, Known, RuleKnown};
pub use life::{EndReason, Party, Stage, State, Step};
pub use period::{Day, EmptyPeriod, InvalidDay, Period, parse_day};
pub use personal::{InvalidPersonalField, Personal, PersonalField};
pub use rule::{LiableRule, Rule, RuleContent};
pub use text::{InvalidText, Text};
pub use word::{UnknownWord, Word};
