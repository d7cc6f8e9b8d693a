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
    /// The NHS Commissioning Board, renamed NHS England in law on 1 July 2022. It is the same legal
    /// person throughout.
    NhsEngland = "nhs-england",
    /// A region of NHS England. It is part of NHS England, not a legal person of its own.
    NhsEnglandRegion = "nhs-england-region",
    /// An area team of NHS England, 2013 to 2015.
    NhsEnglandAreaTeam = "nhs-england-area-team",
    /// A local office of NHS England, 2015 to 2020.
    NhsEnglandLocalOffice = "nhs-england-local-office",
    /// A commissioning hub of NHS England.
    CommissioningHub = "commissioning-hub",
    /// A clinical commissioning group, 1 April 2013 to 30 June 2022.
    Ccg = "ccg",
    /// A sustainability and transformation partnership (STP). It makes plans, and is not a legal
    /// person.
    Stp = "stp",
    /// An integrated care board, from 1 July 2022.
    Icb = "icb",
    /// A place within an ICB that keeps the code of a former CCG.
    SubIcbLocation = "sub-icb-location",
    /// A unit within an ICB that is used for reporting.
    SubIcbReportingEntity = "sub-icb-reporting-entity",
    /// A general practice.
    Practice = "practice",
    /// A primary care network (PCN).
    Pcn = "pcn",
    /// A GP federation or company of practices.
    Federation = "federation",
    /// An NHS trust or foundation trust.
    Trust = "trust",
    /// A local or combined authority.
    LocalAuthority = "local-authority",
    /// A primary care trust (PCT), abolished on 1 April 2013 (2012 Act s.34).
    PrimaryCareTrust = "primary-care-trust",
}

impl BodyRole {
    /// Whether a body in this role is an office of NHS England: no legal person of its own, though
    /// it has a code.
    #[must_use]
    pub fn is_office_of_nhs_england(self) -> bool {
        matches!(
            self,
            Self::CommissioningHub
                | Self::NhsEnglandRegion
                | Self::NhsEnglandAreaTeam
                | Self::NhsEnglandLocalOffice
        )
    }

    /// Whether a body in this role is a commissioner: it has an area that questions can be asked
    /// about.
    #[must_use]
    pub fn is_commissioner(self) -> bool {
        matches!(self, Self::Ccg | Self::Icb)
    }

    /// Whether a body in this role can bear liabilities for the exercise of functions, so that they
    /// can pass from it or to it. A part of another body cannot, and neither can a body that only
    /// provides services.
    #[must_use]
    pub fn bears_liabilities(self) -> bool {
        match self {
            Self::SecretaryOfState
            | Self::NhsEngland
            | Self::Ccg
            | Self::Icb
            | Self::Trust
            | Self::LocalAuthority
            | Self::PrimaryCareTrust => true,
            Self::NhsEnglandRegion
            | Self::NhsEnglandAreaTeam
            | Self::NhsEnglandLocalOffice
            | Self::CommissioningHub
            | Self::Stp
            | Self::SubIcbLocation
            | Self::SubIcbReportingEntity
            | Self::Practice
            | Self::Pcn
            | Self::Federation => false,
        }
    }

    /// Whether a body in this role can take the place of a body in the role `predecessor`. Only
    /// bodies of one kind succeed one another: parts of NHS England and the national bodies,
    /// commissioners and their places, practices, networks, federations, trusts, authorities.
    #[must_use]
    pub fn can_succeed(self, predecessor: Self) -> bool {
        self.kind() == predecessor.kind()
    }

    /// The number of the kind of bodies to which a body in this role belongs.
    fn kind(self) -> u8 {
        match self {
            Self::SecretaryOfState
            | Self::NhsEngland
            | Self::NhsEnglandRegion
            | Self::NhsEnglandAreaTeam
            | Self::NhsEnglandLocalOffice
            | Self::CommissioningHub => 0,
            Self::Ccg
            | Self::Stp
            | Self::Icb
            | Self::SubIcbLocation
            | Self::SubIcbReportingEntity => 1,
            Self::Practice => 2,
            Self::Pcn => 3,
            Self::Federation => 4,
            Self::Trust => 5,
            Self::LocalAuthority => 6,
            // A primary care trust has no single successor, because its functions went different
            // ways, so it is of a kind of its own.
            Self::PrimaryCareTrust => 7,
        }
    }

    /// Whether this is a national role: that of NHS England or of the Secretary of State.
    #[must_use]
    pub fn is_national(self) -> bool {
        matches!(self, Self::NhsEngland | Self::SecretaryOfState)
    }
}

vocabulary! {
    /// The legal form of a body. The form decides which primary medical services contracts the
    /// body may hold.
    LegalForm, "legal form";
    /// A general practitioner, or a partnership with at least one general practitioner.
    Partnership = "partnership",
    /// A company limited by shares that meets the conditions of s.86 and s.93 of the 2006 Act.
    SharesQualifying = "limited-by-shares-qualifying",
    /// A company limited by shares that does not meet the conditions of s.86 and s.93 of the 2006
    /// Act.
    SharesOther = "limited-by-shares",
    /// A company limited by guarantee.
    Guarantee = "limited-by-guarantee",
    /// A statutory body: a body established by or under an Act.
    Statutory = "statutory",
}

vocabulary! {
    /// The type of a contract for primary medical services.
    ContractType, "contract type";
    /// General medical services contract (2006 Act s.84).
    Gms = "gms",
    /// Personal medical services agreement (2006 Act s.92).
    Pms = "pms",
    /// Alternative provider medical services contract (2006 Act s.83(2)).
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

/// A body in one role over one period.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Body {
    /// The code of the body.
    pub code: BodyCode,
    /// The role that the body has in the period `effective`.
    pub role: BodyRole,
    /// The name of the body at the start of the period `effective` or, if that name is not known,
    /// the latest known name.
    pub name: Text,
    /// The legal form of the body, given if the form affects which contracts the body may hold.
    pub legal_form: Option<LegalForm>,
    /// The period in which the body has the role `role`.
    pub effective: Period,
}

/// The succession of one body by another. A merger is recorded as several successions, one for each
/// predecessor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Succession {
    /// The body that ends, or gives up area or liabilities. It must exist on the day before
    /// `effective_on`.
    pub predecessor: BodyCode,
    /// The body that begins, or receives area or liabilities. It must exist on `effective_on`.
    pub successor: BodyCode,
    /// The first day on which the succession has effect.
    pub effective_on: Day,
    /// The kind of the succession, such as a merger.
    pub kind: SuccessionKind,
    /// How certain it is that the successor takes all or part of the predecessor's area. `None` if
    /// the successor takes no area.
    pub by_area: Option<Confidence>,
    /// How certain it is that the successor takes all or some of the predecessor's liabilities.
    /// `None` if the successor is not known to take any liabilities.
    pub by_liability: Option<Confidence>,
    /// The share of the predecessor's area that passes to the successor, in millionths, if a source
    /// gives the share.
    pub share_millionths: Option<u32>,
}

vocabulary! {
    /// The kind of a succession: how one body takes the place of another.
    SuccessionKind, "succession kind";
    /// Several bodies merge into a new body.
    Merger = "merger",
    /// Part of a body passes to another body.
    Split = "split",
    /// A body, or part of a body, passes to another body, which already existed and continues.
    Acquisition = "acquisition",
    /// An ICB takes the place of a CCG on 1 July 2022.
    CcgToIcb = "ccg-to-icb",
    /// Part of an area moves between two bodies that both continue.
    BoundaryMove = "boundary-move",
}

/// The member in a membership: a body, or one contract of a practice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// The member is a body. A practice that is a member stands for all its contracts that have no
    /// membership of their own.
    Body(BodyCode),
    /// The member is one contract of a practice.
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
    /// The kind of a membership: which kind of member belongs to which kind of body.
    Relation, "relation";
    /// A practice or contract belongs to a CCG or, after June 2022, to a sub-ICB location.
    PracticeOfCommissioner = "practice-of-commissioner",
    /// A practice belongs to a primary care network (PCN).
    PracticeOfPcn = "practice-of-pcn",
    /// A practice belongs to a federation.
    PracticeOfFederation = "practice-of-federation",
    /// A sub-ICB location belongs to an ICB.
    SubIcbOfIcb = "sub-icb-of-icb",
    /// A CCG belongs to a sustainability and transformation partnership (STP).
    CcgOfStp = "ccg-of-stp",
    /// An STP belongs to a region.
    StpOfRegion = "stp-of-region",
    /// An ICB belongs to a region.
    IcbOfRegion = "icb-of-region",
    /// A CCG belongs to an area team.
    CcgOfAreaTeam = "ccg-of-area-team",
    /// A CCG belongs to a local office.
    CcgOfLocalOffice = "ccg-of-local-office",
    /// A CCG belongs to a region.
    CcgOfRegion = "ccg-of-region",
    /// A primary care network (PCN) belongs to a commissioner.
    PcnOfCommissioner = "pcn-of-commissioner",
}

impl Relation {
    /// Whether a member can have only one membership of this kind at a time.
    ///
    /// A practice may be in several federations (reference section 9). In the published data a
    /// practice may also be in two primary care networks at once.
    #[must_use]
    pub fn is_exclusive(self) -> bool {
        !matches!(self, Self::PracticeOfFederation | Self::PracticeOfPcn)
    }

    /// The roles that a member can have in a membership of this kind.
    #[must_use]
    pub fn member_roles(self) -> &'static [BodyRole] {
        match self {
            Self::PracticeOfCommissioner | Self::PracticeOfPcn | Self::PracticeOfFederation => {
                &[BodyRole::Practice]
            }
            Self::SubIcbOfIcb => &[BodyRole::SubIcbLocation, BodyRole::SubIcbReportingEntity],
            Self::CcgOfStp | Self::CcgOfAreaTeam | Self::CcgOfLocalOffice | Self::CcgOfRegion => {
                &[BodyRole::Ccg]
            }
            Self::StpOfRegion => &[BodyRole::Stp],
            Self::IcbOfRegion => &[BodyRole::Icb],
            Self::PcnOfCommissioner => &[BodyRole::Pcn],
        }
    }

    /// The roles that the other side of a membership of this kind can have: the body that takes the
    /// member in.
    ///
    /// A practice may be under a hub or an office of NHS England, because the published data show
    /// there the practices that NHS England commissions, such as those in prisons.
    #[must_use]
    pub fn group_roles(self) -> &'static [BodyRole] {
        match self {
            Self::PracticeOfCommissioner => &[
                BodyRole::Ccg,
                BodyRole::SubIcbLocation,
                BodyRole::Icb,
                BodyRole::CommissioningHub,
                BodyRole::NhsEnglandLocalOffice,
                BodyRole::NhsEnglandAreaTeam,
                BodyRole::NhsEnglandRegion,
                BodyRole::PrimaryCareTrust,
            ],
            Self::PracticeOfPcn => &[BodyRole::Pcn],
            Self::PracticeOfFederation => &[BodyRole::Federation],
            Self::SubIcbOfIcb => &[BodyRole::Icb],
            Self::CcgOfStp => &[BodyRole::Stp],
            Self::StpOfRegion | Self::IcbOfRegion | Self::CcgOfRegion => {
                &[BodyRole::NhsEnglandRegion]
            }
            // The published data go on to call the local offices of 2015 area teams.
            Self::CcgOfAreaTeam => &[BodyRole::NhsEnglandAreaTeam, BodyRole::NhsEnglandLocalOffice],
            Self::CcgOfLocalOffice => &[BodyRole::NhsEnglandLocalOffice],
            Self::PcnOfCommissioner => &[BodyRole::Ccg, BodyRole::SubIcbLocation, BodyRole::Icb],
        }
    }
}

/// The membership of one member in one body over one period.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Membership {
    /// The body or contract that is the member.
    pub member: Member,
    /// The body to which the member belongs.
    pub group: BodyCode,
    /// The kind of the membership, such as the membership of a practice in a CCG.
    pub relation: Relation,
    /// The period in which the membership holds.
    pub effective: Period,
}
