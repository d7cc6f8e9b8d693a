//! Bodies: their roles, names and periods, their successors and their members.

use crate::code::{BodyCode, ContractId};
use crate::evidence::Confidence;
use crate::period::{Day, Period};
use crate::text::Text;
use crate::word::vocabulary;

vocabulary! {
    /// The role of a body over a period. One code can change role, so a body is identified by code,
    /// role and period together.
    BodyRole, "body role";
    /// The Secretary of State and the department that the office heads.
    SecretaryOfState = "secretary-of-state",
    /// The NHS Commissioning Board, in law renamed NHS England on 1 July 2022. One legal person
    /// throughout.
    NhsEngland = "nhs-england",
    /// A region of NHS England. It is part of that legal person, not one of its own.
    NhsEnglandRegion = "nhs-england-region",
    /// An area team of NHS England, 2013 to 2015.
    NhsEnglandAreaTeam = "nhs-england-area-team",
    /// A local office of NHS England, 2015 to 2020.
    NhsEnglandLocalOffice = "nhs-england-local-office",
    /// A commissioning hub of NHS England.
    CommissioningHub = "commissioning-hub",
    /// A clinical commissioning group, 1 April 2013 to 30 June 2022.
    Ccg = "ccg",
    /// A sustainability and transformation partnership: it plans, and is not a legal person.
    Stp = "stp",
    /// An integrated care board, from 1 July 2022.
    Icb = "icb",
    /// A place within an ICB that keeps the code of the former CCG.
    SubIcbLocation = "sub-icb-location",
    /// A reporting entity within an ICB.
    SubIcbReportingEntity = "sub-icb-reporting-entity",
    /// A general practice.
    Practice = "practice",
    /// A primary care network.
    Pcn = "pcn",
    /// A GP federation or company of practices.
    Federation = "federation",
    /// An NHS trust or foundation trust.
    Trust = "trust",
    /// A local or combined authority.
    LocalAuthority = "local-authority",
}

impl BodyRole {
    /// Whether a body in this role has an area: one whose commissioning can be asked about.
    #[must_use]
    pub fn is_commissioner(self) -> bool {
        matches!(self, Self::Ccg | Self::Icb)
    }

    /// Whether this is a national role: all other bodies answer to a body that has it.
    #[must_use]
    pub fn is_national(self) -> bool {
        matches!(self, Self::NhsEngland | Self::SecretaryOfState)
    }
}

vocabulary! {
    /// The legal form of a body. It decides which primary medical services contracts the body may
    /// hold.
    LegalForm, "legal form";
    /// A general practitioner or a partnership with at least one.
    Partnership = "partnership",
    /// A company limited by shares that meets the conditions of s.86 and s.93 of the 2006 Act.
    SharesQualifying = "limited-by-shares-qualifying",
    /// A company limited by shares that does not meet those conditions.
    SharesOther = "limited-by-shares",
    /// A company limited by guarantee.
    Guarantee = "limited-by-guarantee",
    /// A statutory body.
    Statutory = "statutory",
}

vocabulary! {
    /// The kind of primary medical services contract.
    ContractType, "contract type";
    /// General medical services contract (2006 Act s.84).
    Gms = "gms",
    /// Personal medical services agreement (s.92).
    Pms = "pms",
    /// Alternative provider medical services (s.83(2)).
    Apms = "apms",
}

impl ContractType {
    /// Whether a body of legal form `form` may hold a contract of this type.
    ///
    /// Source: 2006 Act s.86 (GMS), s.93 (PMS, "qualifying body"), s.83(2) (APMS: any person).
    #[must_use]
    pub fn may_be_held_by(self, form: LegalForm) -> bool {
        match self {
            Self::Apms => true,
            Self::Gms | Self::Pms => {
                matches!(form, LegalForm::Partnership | LegalForm::SharesQualifying)
            }
        }
    }
}

/// A body, in one role for one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its code.
    pub code: BodyCode,
    /// Its role in this period.
    pub role: BodyRole,
    /// Its name at the start of the period, or else the latest name known.
    pub name: Text,
    /// Its legal form, if that matters.
    pub legal_form: Option<LegalForm>,
    /// The period in which it exists in this role.
    pub effective: Period,
}

/// A succession of one predecessor by one successor. A merger is recorded as several of these, one
/// for each predecessor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The body that ends, or gives up area or liabilities. Must exist on the day before
    /// `effective_on`.
    pub predecessor: BodyCode,
    /// The body that begins, or receives them. Must exist on `effective_on`.
    pub successor: BodyCode,
    /// The first day on which the succession has effect.
    pub effective_on: Day,
    /// What kind of change it is.
    pub kind: SuccessionKind,
    /// How sure it is that the successor takes all or part of the predecessor's area. `None`: it
    /// takes none.
    pub by_area: Option<Confidence>,
    /// How sure it is that the successor takes all or some of the predecessor's liabilities.
    /// `None`: it is not known to take any.
    pub by_liability: Option<Confidence>,
    /// The share of the predecessor's area that passes, in millionths, if a source gives it.
    pub share_millionths: Option<u32>,
}

vocabulary! {
    /// What kind of change a succession is.
    SuccessionKind, "succession kind";
    /// Several bodies become a new one.
    Merger = "merger",
    /// Part of a body passes to another.
    Split = "split",
    /// A body, or part of one, passes to a body that already existed and continues.
    Acquisition = "acquisition",
    /// A CCG gives way to an ICB on 1 July 2022.
    CcgToIcb = "ccg-to-icb",
    /// Part of an area moves between two bodies that both continue.
    BoundaryMove = "boundary-move",
}

/// A member of a group: a body, or one contract of a practice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// A body. For a practice: all of its contracts that have no membership of their own.
    Body(BodyCode),
    /// One contract.
    Contract(ContractId),
}

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Body(code) => code.fmt(f),
            Self::Contract(id) => id.fmt(f),
        }
    }
}

vocabulary! {
    /// How a member belongs to a group.
    Relation, "relation";
    /// A practice or contract of a CCG; after June 2022, of a sub-ICB location.
    PracticeOfCommissioner = "practice-of-commissioner",
    /// A practice of a primary care network.
    PracticeOfPcn = "practice-of-pcn",
    /// A practice of a federation.
    PracticeOfFederation = "practice-of-federation",
    /// A sub-ICB location of an ICB.
    SubIcbOfIcb = "sub-icb-of-icb",
    /// A CCG of a sustainability and transformation partnership (STP).
    CcgOfStp = "ccg-of-stp",
    /// An STP of a region.
    StpOfRegion = "stp-of-region",
    /// An ICB of a region.
    IcbOfRegion = "icb-of-region",
    /// A CCG of an area team.
    CcgOfAreaTeam = "ccg-of-area-team",
    /// A CCG of a local office.
    CcgOfLocalOffice = "ccg-of-local-office",
    /// A CCG of a region.
    CcgOfRegion = "ccg-of-region",
    /// A primary care network of a commissioner.
    PcnOfCommissioner = "pcn-of-commissioner",
}

impl Relation {
    /// Whether a member can belong to only one group at a time by this relation.
    ///
    /// A practice may be in several federations (reference section 9). The published data also have
    /// practices in two primary care networks at once.
    #[must_use]
    pub fn is_exclusive(self) -> bool {
        !matches!(self, Self::PracticeOfFederation | Self::PracticeOfPcn)
    }
}

/// The membership of one member in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The member.
    pub member: Member,
    /// The group.
    pub group: BodyCode,
    /// How the member belongs to the group.
    pub relation: Relation,
    /// The period of the membership.
    pub effective: Period,
}
