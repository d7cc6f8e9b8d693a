//! Functions: rows of the catalogue, each for a period of law.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, FunctionCode};
use crate::evidence::Confidence;
use crate::period::Period;
use crate::text::Text;
use crate::word::vocabulary;

/// On whom statute places a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderRule {
    /// On one body, such as NHS England.
    Body(BodyCode),
    /// On the commissioner of each area: a CCG's or ICB's own function.
    Commissioner,
}

vocabulary! {
    /// Whether a part of a function could pass.
    Part, "part";
    /// A subset or single items.
    Subset = "yes",
    /// Only by joint exercise.
    Shared = "shared",
    /// Not in part.
    Whole = "no",
}

/// A legal basis on which another body may exercise the function in the segment's period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The basis.
    pub basis: LegalBasis,
    /// How sure it is that the programme offered it.
    pub confidence: Confidence,
}

/// One segment of a function's history: what the catalogue says of it for a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its stable code.
    pub code: FunctionCode,
    /// What it is called.
    pub name: Text,
    /// The period the segment is about.
    pub effective: Period,
    /// On whom statute places it.
    pub holder: HolderRule,
    /// The power or duty by which the holder has it.
    pub basis: Text,
    /// Whether it is reserved: kept by the holder whatever else is delegated.
    pub reserved: bool,
    /// On which bases another body may exercise it. Empty: none.
    pub routes: Vec<Route>,
    /// Whether part of it could pass.
    pub part: Part,
    /// How sure the row is.
    pub confidence: Confidence,
    /// Where the row comes from.
    pub citation: Text,
    /// What a reader should know besides.
    pub note: Option<Text>,
}

impl Function {
    /// The route on a basis, if there is one in this segment.
    #[must_use]
    pub fn route(&self, basis: LegalBasis) -> Option<&Route> {
        self.routes.iter().find(|route| route.basis == basis)
    }
}
