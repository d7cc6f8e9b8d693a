//! Functions: rows of the catalogue. Each row describes one function for one period.

use crate::basis::LegalBasis;
use crate::code::{BodyCode, FunctionCode};
use crate::evidence::Confidence;
use crate::period::Period;
use crate::text::Text;
use crate::word::vocabulary;

/// The body on which statute places a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HolderRule {
    /// Statute places the function on one named body, such as NHS England.
    Body(BodyCode),
    /// Statute places the function on the commissioner of each area: the CCG or ICB.
    Commissioner,
    /// Statute places the function on bodies that the register does not hold, such as the local
    /// authority of each place. The text says which.
    OutsideRecords(Text),
}

vocabulary! {
    /// Whether part of a function can pass to another body.
    Part, "part";
    /// A subset of the function, or single items of it, can pass to another body.
    Subset = "yes",
    /// Part of the function can pass to another body, but only by joint exercise.
    Shared = "shared",
    /// The function can pass to another body only as a whole.
    Whole = "no",
}

/// A legal basis on which another body may exercise a function in the period of one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// The legal basis of this route.
    pub basis: LegalBasis,
    /// How certain it is that another body could exercise the function on this basis.
    pub confidence: Confidence,
}

/// One segment of a function's history: the row of the catalogue that describes the function for
/// one period.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Function {
    /// The stable code of the function.
    pub code: FunctionCode,
    /// The name of the function.
    pub name: Text,
    /// The period that the segment describes.
    pub effective: Period,
    /// The body on which statute places the function.
    pub holder: HolderRule,
    /// The power or duty by which the holder has the function.
    pub basis: Text,
    /// Whether the function is reserved: kept by the holder whatever other functions are delegated.
    pub reserved: bool,
    /// The legal bases on which another body may exercise the function. The list is empty if no
    /// other body may exercise the function.
    pub routes: Vec<Route>,
    /// Whether part of the function can pass to another body.
    pub part: Part,
    /// How certain it is that the row of the catalogue is right.
    pub confidence: Confidence,
    /// The source of the row of the catalogue.
    pub citation: Text,
    /// Anything else that a reader of the row should know.
    pub note: Option<Text>,
}

impl Function {
    /// The segment's route on the legal basis `basis`, if the segment has such a route.
    #[must_use]
    pub fn route(&self, basis: LegalBasis) -> Option<&Route> {
        self.routes.iter().find(|route| route.basis == basis)
    }
}
