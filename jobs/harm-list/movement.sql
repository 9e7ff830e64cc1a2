-- Grain: one row per person on this list or on the one before.
-- Purpose: who is new, stayed, returned or left, and why. The change of a
-- score is the sum of what changed for each crime, and each crime's change has
-- one cause; the reason is the cause that weighs most in the direction the
-- person moved, unless a rule took them off.
-- Someone whose records were merged since is followed: of the entries they had
-- on the list before, the best counts as theirs, and crimes that come with
-- another record are the merge's. Allegations are kept with a list for its
-- people and its reserve only; for others the change that no new crime
-- explains is told as one.
with listed_before as (
    select
        entries.nominal_id,
        identities.person_key,
    from ledger.list_entries as entries
    left join core.identities as identities
        on identities.nominal_id = entries.nominal_id
    where
        entries.list_id = $previous_id
        and entries.rank <= $previous_size
),

involved_keys as (
    select person_key from listed_before where person_key is not null
    union
    select person_key from people where rank <= $size
),

involved_people as (
    select
        persons.person_key,
        persons.person_id,
        persons.identities,
    from core.people as persons
    inner join involved_keys
        on involved_keys.person_key = persons.person_key
),

-- Every identifier of everyone involved; the last part are records that are
-- no longer held at all.
involved as (
    select
        person_key,
        person_id,
        unnest(identities) as nominal_id,
    from involved_people
    union
    select
        person_key,
        person_id,
        person_id as nominal_id,
    from involved_people
    union
    select
        person_key,
        nominal_id as person_id,
        nominal_id,
    from listed_before
    where person_key is null
),

before as (
    select
        involved.person_id,
        entries.nominal_id,
        entries.standing,
        entries.rank,
        entries.score_days,
        entries.identities,
        coalesce(entries.rank <= $previous_kept, false) as is_explained,
    from ledger.list_entries as entries
    inner join involved on involved.nominal_id = entries.nominal_id
    where entries.list_id = $previous_id
    qualify row_number() over (
        partition by involved.person_id
        order by
            entries.rank nulls last, entries.score_days desc,
            entries.nominal_id
    ) = 1
),

after as (
    select people.*
    from people
    inner join involved_keys on involved_keys.person_key = people.person_key
),

everyone as (
    select person_id, person_key from involved_people
    union
    select person_id, person_key from involved where person_key is null
),

harm_before as (
    select
        before.person_id,
        frozen.crime_ref,
        frozen.index_code,
        frozen.weight_days,
        frozen.harm_days,
        frozen.is_counted,
        frozen.not_counted_because,
        crimes.crime_ref is not null as is_held,
        case $window_by
            when 'committed' then crimes.committed_on
            else crimes.reported_on
        end as dated,
    from ledger.list_contributions as frozen
    inner join before on before.nominal_id = frozen.nominal_id
    left join core.crimes as crimes on crimes.crime_ref = frozen.crime_ref
    where frozen.list_id = $previous_id
),

harm_now as (
    select
        involved_people.person_id,
        crimes.crime_ref,
        contributions.named_as,
        crimes.index_code,
        contributions.weight_days,
        contributions.harm_days,
        contributions.is_counted,
        contributions.not_counted_because,
        contributions.reported_on,
        case $window_by
            when 'committed' then contributions.committed_on
            else contributions.reported_on
        end as dated,
    from contributions
    inner join involved_people
        on involved_people.person_key = contributions.person_key
    inner join core.crimes as crimes
        on crimes.crime_key = contributions.crime_key
),

-- While the texts of the index stay, a crime under the code it had can weigh
-- otherwise only by another title.
texts as (
    select count(distinct index_sha256) = 1 as are_same
    from ledger.lists
    where list_id in ($previous_id, $list_id)
),

crime_changes as (
    select
        coalesce(harm_now.person_id, harm_before.person_id) as person_id,
        harm_before.crime_ref is not null as was_known,
        coalesce(harm_before.is_counted, false) as was_counted,
        harm_before.not_counted_because as why_not_before,
        harm_before.dated as dated_before,
        harm_before.is_held
        and coalesce(
            harm_before.dated not between $window_from and $window_to, true
        ) as is_outside,
        harm_before.index_code is distinct from harm_now.index_code
        or (
            texts.are_same
            and harm_before.weight_days is distinct from harm_now.weight_days
        ) as is_other_code,
        harm_before.weight_days is distinct from harm_now.weight_days
            as is_other_weight,
        harm_now.crime_ref is not null as is_known,
        coalesce(harm_now.is_counted, false) as is_counted,
        harm_now.not_counted_because as why_not_now,
        harm_now.reported_on,
        harm_now.dated as dated_now,
        harm_now.named_as,
        coalesce(harm_now.harm_days, 0) - coalesce(harm_before.harm_days, 0)
            as days,
    from harm_now
    full join harm_before
        on harm_before.person_id = harm_now.person_id
        and harm_before.crime_ref = harm_now.crime_ref
    cross join texts
),

caused as (
    select
        crime_changes.person_id,
        crime_changes.days,
        before.is_explained,
        case
            when was_counted and not is_known
                then case
                    when not is_outside then 'no longer named'
                    when
                        dated_before
                        >= cast($previous_window_from as date) + cast(
                            $as_of - cast($previous_as_of as date) as integer
                        )
                        then 'rule changed'
                    else 'window passed'
                end
            when was_counted and not is_counted
                then case why_not_now
                    when 'crime_cancelled' then 'crime cancelled'
                    when 'crime_transferred' then 'crime transferred'
                    when 'no_further_action' then 'outcome'
                    when 'no_weight' then if(
                        is_other_code, 'crime corrected', 'index edition'
                    )
                    else if(
                        why_not_now in (
                            'outside_basket',
                            'not_in_basket_table',
                            'conditional_code',
                            'under_age'
                        )
                        and not is_other_code,
                        'rule changed',
                        'crime corrected'
                    )
                end
            when was_counted
                then if(
                    is_other_weight and not is_other_code,
                    'index edition',
                    'crime corrected'
                )
            when was_known
                then case why_not_before
                    when 'no_further_action' then 'outcome'
                    when 'no_weight' then if(
                        is_other_code, 'crime corrected', 'index edition'
                    )
                    else if(
                        why_not_before in (
                            'outside_basket',
                            'not_in_basket_table',
                            'conditional_code',
                            'under_age'
                        )
                        and not is_other_code,
                        'rule changed',
                        'crime corrected'
                    )
                end
            when reported_on >= $previous_as_of then 'new allegation'
            when dated_now < $previous_window_from then 'rule changed'
            when before.person_id is null then 'counts now'
            when not list_contains(before.identities, named_as) then 'merge'
            else 'named later'
        end as cause,
    from crime_changes
    left join before on before.person_id = crime_changes.person_id
    where crime_changes.days <> 0
),

explained as (
    select
        person_id,
        cause,
        sum(days) as days,
    from caused
    where
        coalesce(is_explained, true)
        or cause in ('new allegation', 'merge', 'rule changed')
    group by person_id, cause
),

remainders as (
    select
        before.person_id,
        'below the reserve before' as cause,
        coalesce(after.score_days, 0) - before.score_days
        - coalesce(sum(explained.days), 0) as days,
    from before
    left join everyone on everyone.person_id = before.person_id
    left join after on after.person_key = everyone.person_key
    left join explained on explained.person_id = before.person_id
    where not before.is_explained
    group by before.person_id, after.score_days, before.score_days
),

causes as (
    select person_id, cause, days from explained where days <> 0
    union all
    select person_id, cause, days from remainders where days <> 0
),

weightiest as (
    select
        person_id,
        map_from_entries(
            list((cause, cast(days as decimal(18, 3))) order by cause)
        ) as causes,
        first(cause order by days, cause) filter (where days < 0) as lost_by,
        first(cause order by days desc, cause) filter (where days > 0)
            as gained_by,
        first(cause order by abs(days) desc, cause) as changed_by,
    from causes
    group by person_id
),

-- The last word on each earlier date.
earlier_lists as (
    select
        as_of,
        max(list_id) as list_id,
    from ledger.lists
    where as_of < $as_of and list_id < $list_id
    group by as_of
),

listed_earlier as (
    select
        involved.person_id,
        earlier_lists.as_of,
        earlier_lists.list_id,
        dense_rank() over (order by earlier_lists.as_of desc) as back,
    from earlier_lists
    left join ledger.lists as lists on lists.list_id = earlier_lists.list_id
    left join ledger.list_entries as entries
        on entries.list_id = lists.list_id
        and entries.rank <= lists.list_size
    left join involved on involved.nominal_id = entries.nominal_id
),

earlier as (
    select
        person_id,
        arg_max(list_id, as_of) filter (where as_of < $previous_as_of)
            as last_list,
        count(distinct list_id) filter (where back <= 12) as times_listed,
    from listed_earlier
    where person_id is not null
    group by person_id
),

decisions as (
    select
        before.person_id,
        decisions.decision,
    from ledger.list_decisions as decisions
    inner join before on before.nominal_id = decisions.nominal_id
    where
        decisions.list_id = $previous_id
        and decisions.decision_id <= $decisions_known_at
),

moved as (
    select
        everyone.person_id,
        before.rank as previous_rank,
        after.rank,
        before.score_days as previous_days,
        after.score_days,
        before.standing as previous_standing,
        after.standing,
        coalesce(before.rank <= $previous_size, false) as was_listed,
        coalesce(after.rank <= $size, false) as is_listed,
        weightiest.causes,
        weightiest.lost_by,
        weightiest.gained_by,
        weightiest.changed_by,
        earlier.last_list,
        coalesce(earlier.times_listed, 0) as times_listed,
        decisions.decision as previous_decision,
    from everyone
    left join before on before.person_id = everyone.person_id
    left join after on after.person_key = everyone.person_key
    left join weightiest on weightiest.person_id = everyone.person_id
    left join earlier on earlier.person_id = everyone.person_id
    left join decisions on decisions.person_id = everyone.person_id
)

select
    person_id as nominal_id,
    case
        when was_listed and is_listed then 'stayed'
        when was_listed then 'left'
        when last_list is not null then 'returned'
        else 'new'
    end as movement,
    previous_rank,
    rank,
    previous_days,
    score_days,
    case
        when was_listed and is_listed then changed_by
        when was_listed and standing = 'deceased' then 'death'
        when was_listed and standing = 'under_18' then 'under 18'
        when was_listed and standing = 'in_custody' then 'custody'
        when was_listed and previous_decision = 'reject' then 'decision'
        when was_listed then coalesce(lost_by, 'others score higher')
        when previous_standing = 'under_18' then 'came of age'
        when previous_standing = 'in_custody' then 'released'
        when previous_standing = 'deceased' then 'death withdrawn'
        else coalesce(gained_by, 'others left')
    end as reason,
    cast(to_json(coalesce(causes, map {})) as varchar) as causes,
    last_list,
    times_listed,
    previous_decision,
from moved
where was_listed or is_listed
order by previous_rank nulls last, rank nulls last, nominal_id
