//! People listed under the programme beside those whom the same rules would
//! have listed in the year before it, when nobody was tasked.

use daybook_statistics::groups::log_rank::LogRank;
use daybook_statistics::groups::proportion::{self, Part};
use daybook_statistics::interval::Estimate;
use serde::Serialize;

use super::arrest::{GroupCurve, arrested_within, group_curve, test, why_nobody};
use super::cohort::{Cohort, Group};
use super::harm::{self, GroupChange};
use super::{Figure, Outcome};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearBefore {
    /// People in both groups, whom the tests take for two.
    pub people_in_both: usize,
    pub programme: GroupCurve,
    pub year_before: GroupCurve,
    pub log_rank: Outcome<LogRank>,
    /// Arrested within 180 days, of those followed that long.
    pub programme_arrested: Part,
    pub year_before_arrested: Part,
    /// Programme less year before.
    pub arrested_difference: Outcome<Estimate>,
    /// Programme over year before.
    pub arrested_ratio: Outcome<Estimate>,
    /// Harm before and after a list that tasked nobody: what regression to the
    /// mean does by itself.
    pub year_before_harm: Outcome<GroupChange>,
}

pub(super) fn figure(programme: &Cohort<'_>, earlier: &Cohort<'_>) -> Figure<YearBefore> {
    Figure {
        question: "Are people arrested sooner than those whom the same rules would have listed in \
                   the year before the programme?",
        cannot_show: &[
            "Two years differ in more than the programme: staff, recording, other operations, \
             what is reported.",
            "Lists of the year before are made from what is known today, with outcomes and merges \
             that nobody knew then.",
            "People of the year before are followed only until the programme begins.",
            "Someone listed in both years stands in both groups, which the test takes for \
             different people.",
            "An arrest is no conviction and no harm prevented.",
        ],
        outcome: find(programme, earlier).into(),
    }
}

fn find(programme: &Cohort<'_>, earlier: &Cohort<'_>) -> Result<YearBefore, String> {
    let from = programme.ground.programme_from.ok_or(
        "the first day of the programme is not given, so no list is known to lie before it",
    )?;
    if !earlier.has_lists {
        return Err(format!(
            "no list is dated in the 365 days before {from}, when the programme begins"
        ));
    }
    let curve = |cohort| {
        group_curve(cohort, Group::Listed, false, false)
            .ok_or_else(|| why_nobody(cohort, "followed for a full day"))
    };
    let (ours, our_people) = curve(programme).map_err(|why| format!("programme: {why}"))?;
    let (theirs, their_people) = curve(earlier).map_err(|why| format!("year before: {why}"))?;
    let arrested = (
        arrested_within(programme, Group::Listed),
        arrested_within(earlier, Group::Listed),
    );
    let before = harm::eligible(earlier, Group::Listed);
    Ok(YearBefore {
        people_in_both: people_in_both(programme, earlier),
        log_rank: test(&our_people, &their_people),
        arrested_difference: proportion::difference(arrested.0, arrested.1)
            .ok_or_else(|| "in one year nobody was followed for 180 full days".to_owned())
            .into(),
        arrested_ratio: proportion::ratio(arrested.0, arrested.1)
            .ok_or_else(|| "in one year nobody was arrested within 180 full days".to_owned())
            .into(),
        year_before_harm: harm::change(&before)
            .map_err(|_| harm::why_nobody(earlier))
            .into(),
        programme: ours,
        year_before: theirs,
        programme_arrested: arrested.0,
        year_before_arrested: arrested.1,
    })
}

fn people_in_both(programme: &Cohort<'_>, earlier: &Cohort<'_>) -> usize {
    let listed = |cohort: &Cohort<'_>| -> std::collections::BTreeSet<u32> {
        cohort
            .group(Group::Listed)
            .map(|one| one.at.person_key)
            .collect()
    };
    listed(programme).intersection(&listed(earlier)).count()
}
