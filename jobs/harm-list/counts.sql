-- Grain: one row, the figures of a whole list.
-- The Gini coefficient is over everyone with a score: the mean absolute
-- difference of two scores over twice the mean score. Its sums are whole
-- numbers (thousandths of a day), so that they do not depend on the order of
-- adding.
with ranked as (
    select * from people where rank is not null
),

listed as (
    select * from ranked where rank <= $size
),

listed_victims as (
    select count(distinct victims.person_key) as victims,
    from listed
    inner join contributions
        on contributions.person_key = listed.person_key
        and contributions.is_counted
    inner join core.victims as victims
        on victims.crime_key = contributions.crime_key
),

totals as (
    select
        count(*) as ranked,
        coalesce(sum(score_days), 0) as all_harm_days,
        cast(median(score_days) as decimal(18, 3)) as median_days,
        max(score_days) filter (where rank = $size) as last_on_days,
        max(score_days) filter (where rank = $size + 1) as first_off_days,
        -- Ranks run from the most harmful, so the usual sum is turned round.
        case when count(*) > 0 then
            (
                count(*) + 1
                - 2 * cast(
                    sum(
                        cast(rank as hugeint)
                        * cast(score_days * 1000 as hugeint)
                    ) as double
                )
                / cast(sum(cast(score_days * 1000 as hugeint)) as double)
            ) / count(*)
        end as gini,
    from ranked
),

cancelled as (
    select count(distinct crimes.crime_key) as crimes,
    from core.allegations as allegations
    inner join core.crimes as crimes
        on crimes.crime_key = allegations.crime_key
    where
        crimes.is_vawg
        and crimes.status in ('cancelled', 'transferred')
        and crimes.status_on < $as_of
        and crimes.status_on >= $previous_as_of
),

refused as (
    select
        list(distinct crimes.crime_ref order by crimes.crime_ref) as crimes,
    from contributions
    inner join core.crimes as crimes
        on crimes.crime_key = contributions.crime_key
    where
        contributions.not_counted_because in ('own_victim', 'crowd')
)

select
    totals.ranked,
    totals.all_harm_days,
    totals.median_days,
    totals.last_on_days,
    totals.first_off_days,
    totals.gini,
    listed_victims.victims as listed_victims,
    (select count(*) from listed) as listed,
    (select coalesce(sum(allegations), 0) from listed) as listed_allegations,
    (select coalesce(sum(score_days), 0) from listed) as listed_harm_days,
    (select count(*) from listed where is_in_custody) as in_custody,
    (select count(*) from listed where has_counter_allegation)
        as counter_allegation,
    (select count(*) from listed where is_blocked) as blocked,
    (select count(*) from listed where is_restricted) as restricted,
    (select count(*) from listed where len(identities) > 1) as merged,
    (select count(*) from listed where was_under_18) as alleged_when_under_18,
    (select coalesce(sum(no_further_action_allegations), 0) from listed)
        as no_further_action,
    (select count(*) from people where standing = 'under_18')
        as under_18_not_ranked,
    (select count(*) from people where standing = 'deceased')
        as deceased_removed,
    (select count(*) from people where standing = 'in_custody')
        as custody_not_ranked,
    (
        select count(*) from ranked
        where score_days = (select last_on_days from totals)
    ) as tied_at_cut,
    cancelled.crimes as cancelled_since_previous,
    refused.crimes as refused_crimes,
from totals, listed_victims, cancelled, refused
