//! Functions: rows of the catalogue, each describing one function for one period.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, FunctionCode};
use crate::evidence::Confidence;
use crate::period::Period;
use crate::text::Text;
use crate::word::vocabulary;

/// The body on which statute places a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderRule {
    /// One named body, such as NHS England.
    Body(BodyCode),
    /// The commissioner of each area: the function is a CCG's or ICB's own.
    Commissioner,
}

vocabulary! {
    /// Whether part of a function can pass to another body.
    Part, "part";
    /// A subset of it, or single items, can pass.
    Subset = "yes",
    /// Part of it can pass only by joint exercise.
    Shared = "shared",
    /// No part of it can pass by itself.
    Whole = "no",
}

/// A basis on which another body may exercise the function in the period of the segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The basis.
    pub basis: LegalBasis,
    /// How sure it is that this basis was on offer.
    pub confidence: Confidence,
}

/// One segment of a function's history: what the catalogue says of the function for one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its stable code.
    pub code: FunctionCode,
    /// What it is called.
    pub name: Text,
    /// The period that the segment describes.
    pub effective: Period,
    /// The body on which statute places it.
    pub holder: HolderRule,
    /// The power or duty by which the holder has the function.
    pub basis: Text,
    /// Whether it is reserved: kept by the holder whatever else is delegated.
    pub reserved: bool,
    /// The bases on which another body may exercise it. Empty: none.
    pub routes: Vec<Route>,
    /// Whether part of it can pass to another body.
    pub part: Part,
    /// How sure it is that the row is right.
    pub confidence: Confidence,
    /// Where the row comes from.
    pub citation: Text,
    /// Anything else that a reader should know.
    pub note: Option<Text>,
}

impl Function {
    /// The route on `basis`, if the segment has one.
    #[must_use]
    pub fn route(&self, basis: LegalBasis) -> Option<&Route> {
        self.routes.iter().find(|route| route.basis == basis)
    }
}
