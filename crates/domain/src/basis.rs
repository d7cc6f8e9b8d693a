//! Legal bases: the powers under which a function is exercised.

use crate::word::vocabulary;

vocabulary! {
    /// The legal power under which a function is exercised.
    LegalBasis, "legal basis";
    /// No arrangement is in place: the holder exercises its own function. Greater involvement
    /// counts as no arrangement.
    NoArrangement = "no-arrangement",
    /// 2006 Act s.13Z(2), exercise "by" a CCG: delegation to a CCG.
    S13zBy = "s13z-by",
    /// 2006 Act s.13Z(2), exercise "jointly with" a CCG: joint commissioning with a CCG.
    S13zJointly = "s13z-jointly",
    /// 2006 Act s.14Z9(1) or (1A): CCG functions are exercised by NHS England, or jointly with it.
    S14z9 = "s14z9",
    /// 2006 Act s.14Z3: CCGs exercise functions for each other or with each other.
    S14z3 = "s14z3",
    /// 2006 Act s.98A(4): direction to a CCG, later to an ICB.
    S98a = "s98a",
    /// 2006 Act s.7A: public health functions arranged by the Secretary of State.
    S7a = "s7a",
    /// 2006 Act s.65Z5: delegation to an ICB.
    S65z5 = "s65z5",
    /// 2006 Act s.65Z5 with s.65Z6: joint exercise through a joint committee.
    S65z5Jointly = "s65z5-jointly",
    /// 2006 Act s.13YB: direction to ICBs.
    S13yb = "s13yb",
    /// 2006 Act s.14Z21: intervention in a CCG.
    S14z21 = "s14z21",
    /// 2006 Act s.14Z61: intervention in an ICB.
    S14z61 = "s14z61",
}
