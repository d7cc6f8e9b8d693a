//! Legal bases: the powers under which a function is exercised.

use crate::word::vocabulary;

vocabulary! {
    /// The legal power under which a function is exercised.
    LegalBasis, "legal basis";
    /// No arrangement is in place: the holder exercises its own function. Greater involvement
    /// counts as no arrangement.
    NoArrangement = "no-arrangement",
    /// 2006 Act s.13Z(2): a function is delegated to a CCG (exercise "by" a CCG).
    S13zBy = "s13z-by",
    /// 2006 Act s.13Z(2): a function is commissioned jointly with a CCG (exercise "jointly with").
    S13zJointly = "s13z-jointly",
    /// 2006 Act s.14Z9(1) or (1A): NHS England exercises functions of CCGs, alone or jointly with
    /// CCGs.
    S14z9 = "s14z9",
    /// 2006 Act s.14Z3: CCGs exercise functions for each other or with each other.
    S14z3 = "s14z3",
    /// 2006 Act s.98A(4): a CCG, or after June 2022 an ICB, is directed to exercise a function.
    S98a = "s98a",
    /// 2006 Act s.7A: the Secretary of State arranges for another body to exercise public health
    /// functions.
    S7a = "s7a",
    /// 2006 Act s.65Z5: a function is delegated to an ICB.
    S65z5 = "s65z5",
    /// 2006 Act s.65Z5 with s.65Z6: bodies exercise a function jointly, through a joint committee.
    S65z5Jointly = "s65z5-jointly",
    /// 2006 Act s.13YB: ICBs are directed to exercise a function.
    S13yb = "s13yb",
    /// 2006 Act s.14Z21: another body exercises functions in place of a CCG (intervention).
    S14z21 = "s14z21",
    /// 2006 Act s.14Z61: another body exercises functions in place of an ICB (intervention).
    S14z61 = "s14z61",
    /// 2006 Act s.7B: the Secretary of State directs NHS England or an ICB to exercise his public
    /// health functions.
    S7b = "s7b",
    /// 2006 Act s.6C(1): regulations have a local authority take steps in the Secretary of State's
    /// public health functions.
    S6c = "s6c",
    /// 2006 Act s.75: NHS bodies and local authorities exercise functions in partnership.
    S75 = "s75",
}
