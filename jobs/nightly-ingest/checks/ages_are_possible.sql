-- Nobody is named as the suspect of an offence at more than 110 years of age.
-- severity: warn
-- A birth that stands for an unknown one, such as 1 January 1900, makes a child
-- an adult of the list.
select distinct people.person_id
from core.allegations as allegations
inner join core.people as people on people.person_key = allegations.person_key
where allegations.alleged_age > 110
