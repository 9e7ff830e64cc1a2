//! Everything that the extracts will tell, in memory: people, crimes, and
//! what the police and the courts did about them.

use super::Plan;
use super::calendar::later;
use super::careers::{Allegation, Career, Setting};
use super::courts::{Charge, CourtResult, Spell};
use super::crimes::{Crime, Report};
use super::investigation::Outlook;
use super::offences::Catalogue;
use super::outcomes::Practice;
use super::parties::{Party, Role};
use super::people::{Ages, Person};
use super::places::London;
use super::rng::{Dice, Theme};
use super::{
    backlog, conduct, descriptions, disclosures, engagements, high_harm, interventions,
    investigation, low_harm_suspects, misconduct, numbering, order_breaches, orders, panel_reviews,
    patrols, pilots, place_reports, surveys, training, unsolved, victim_services,
};
use chrono::{Days, NaiveDate};

pub(super) struct World {
    pub(super) seed: u64,
    pub(super) catalogue: Catalogue,
    pub(super) london: London,
    /// The mornings on which files arrive.
    pub(super) mornings: Vec<NaiveDate>,
    pub(super) people: Vec<Person>,
    pub(super) crimes: Vec<Crime>,
    pub(super) parties: Vec<Party>,
    pub(super) arrests: Vec<investigation::Arrest>,
    pub(super) charges: Vec<Charge>,
    pub(super) results: Vec<CourtResult>,
    pub(super) spells: Vec<Spell>,
    pub(super) orders: Vec<orders::Order>,
    pub(super) conduct: Vec<conduct::Case>,
    pub(super) answers: Vec<surveys::Answer>,
    pub(super) breaches: Vec<order_breaches::Breach>,
    pub(super) interventions: Vec<interventions::Intervention>,
    pub(super) disclosures: Vec<disclosures::Application>,
    pub(super) services: Vec<victim_services::Duty>,
    pub(super) training: Vec<training::Completion>,
    pub(super) recommendations: Vec<panel_reviews::Recommendation>,
    pub(super) engagements: Vec<engagements::Engagement>,
    pub(super) patrols: Vec<patrols::Patrol>,
    pub(super) place_reports: Vec<place_reports::PlaceReport>,
    pub(super) pilots: Vec<pilots::Pilot>,
}

impl World {
    pub(super) fn build(plan: &Plan) -> anyhow::Result<Self> {
        let mut world = Self::empty(plan)?;
        let setting = Setting {
            plan,
            catalogue: &world.catalogue,
            london: &world.london,
        };
        let leading = high_harm::draw(setting)?;
        let mut dice = Dice::new(plan.seed, Theme::Careers, 0);
        let ordinary = low_harm_suspects::draw(setting, &leading, &mut dice);
        for career in leading.into_iter().chain(ordinary) {
            world.settle(career, &mut dice);
        }
        let mut dice = Dice::new(plan.seed, Theme::Unsolved, 0);
        unsolved::add(&mut world, plan, &mut dice);
        let practice = Practice::new(plan);
        let outlook = Outlook {
            known: backlog::add(&mut world, plan, &practice),
            practice,
            span: plan.from..plan.to,
        };
        descriptions::omit(&mut world, plan);
        let mut dice = Dice::new(plan.seed, Theme::Investigation, 0);
        investigation::run(&mut world, &outlook, &mut dice);
        orders::make(&mut world, plan);
        misconduct::make(&mut world, plan);
        world.answers = surveys::make(plan);
        numbering::number(&mut world);
        world.follow_up(plan);
        Ok(world)
    }

    fn empty(plan: &Plan) -> anyhow::Result<Self> {
        let first = plan.to - Days::new(u64::from(plan.nights));
        let mornings = first.iter_days().take_while(|day| *day <= plan.to);
        Ok(Self {
            seed: plan.seed,
            catalogue: Catalogue::load()?,
            london: London::load()?,
            mornings: mornings.collect(),
            people: Vec::new(),
            crimes: Vec::new(),
            parties: Vec::new(),
            arrests: Vec::new(),
            charges: Vec::new(),
            results: Vec::new(),
            spells: Vec::new(),
            orders: Vec::new(),
            conduct: Vec::new(),
            answers: Vec::new(),
            breaches: Vec::new(),
            interventions: Vec::new(),
            disclosures: Vec::new(),
            services: Vec::new(),
            training: Vec::new(),
            recommendations: Vec::new(),
            engagements: Vec::new(),
            patrols: Vec::new(),
            place_reports: Vec::new(),
            pilots: Vec::new(),
        })
    }

    /// What adds no person and no crime, and so reads what is settled.
    fn follow_up(&mut self, plan: &Plan) {
        self.breaches = order_breaches::make(self, plan);
        self.interventions = interventions::make(self, plan);
        self.disclosures = disclosures::make(plan);
        self.services = victim_services::make(self, plan);
        self.training = training::make(plan);
        self.recommendations = panel_reviews::make(self, plan);
        self.engagements = engagements::make(self, plan);
        self.patrols = patrols::make(self, plan);
        self.place_reports = place_reports::make(self, plan);
        self.pilots = pilots::make(plan);
    }

    pub(super) fn add_person(&mut self, person: Person) -> u32 {
        self.people.push(person);
        index(self.people.len() - 1)
    }

    /// Takes a crime in, with its bystanders: some crimes have a witness, a
    /// few a second, male victim.
    pub(super) fn add_crime(&mut self, crime: Crime, dice: &mut Dice) -> u32 {
        let at = index(self.crimes.len());
        for (role, share) in [(Role::Witness, 0.09), (Role::Victim, 0.015)] {
            if crime.steady || !dice.chance(share) {
                continue;
            }
            let witness = role == Role::Witness;
            let sex = if witness { dice.pick(&["F", "M"]) } else { "M" };
            let (day, borough) = (crime.reported.date(), crime.spot.borough);
            let other = Person::victim(day, Ages::Any, sex, borough, dice);
            let other = self.add_person(other);
            let known = crime.recorded.date();
            self.parties.push(Party::other(at, other, role, known));
        }
        self.crimes.push(crime);
        at
    }

    /// Takes a career in: its people, its crimes and their parties.
    fn settle(&mut self, career: Career, dice: &mut Dice) {
        let mut records = vec![self.add_person(career.suspect)];
        for on in career.aliases {
            let main = records[records.len() - 1];
            let alias = self.people[main as usize].alias(main, on, dice);
            records.push(self.add_person(alias));
        }
        let victims = career.victims.into_iter();
        let victims: Vec<u32> = victims.map(|victim| self.add_person(victim)).collect();
        for allegation in career.allegations {
            let suspect = records[allegation.alias];
            let victim = victims[allegation.victim];
            self.accuse(allegation, suspect, victim, dice);
        }
    }

    /// One allegation's crime with its suspects and victim.
    fn accuse(&mut self, allegation: Allegation, suspect: u32, victim: u32, dice: &mut Dice) {
        if allegation.countered {
            self.counter(&allegation, suspect, victim, dice);
        }
        let crime = self.add_crime(allegation.crime, dice);
        let accused = Party {
            crime,
            person: suspect,
            role: Role::Suspect,
            relationship: allegation.relationship,
            named_by: allegation.named_by,
            known: allegation.named,
        };
        self.parties.push(accused);
        if let Some(accomplice) = allegation.accomplice {
            let person = self.add_person(accomplice);
            self.parties.push(Party { person, ..accused });
        }
        let known = allegation.victim_known;
        self.parties
            .push(Party::other(crime, victim, Role::Victim, known));
    }

    /// The suspect accuses the victim in turn, of a common assault.
    fn counter(&mut self, of: &Allegation, suspect: u32, victim: u32, dice: &mut Dice) {
        let report = Report {
            offence: self.catalogue.by_code("105/01").unwrap_or(0),
            on: later(of.crime.reported.date(), dice.between(0, 25)),
            borough: of.crime.spot.borough,
            domestic: of.crime.domestic,
        };
        let mut crime = Crime::new(&report, &self.catalogue, &self.london, dice);
        crime.steady = of.crime.steady;
        crime.dropped = None;
        let known = crime.recorded.date();
        let crime = self.add_crime(crime, dice);
        self.parties.push(Party {
            crime,
            person: victim,
            role: Role::Suspect,
            relationship: of.relationship,
            named_by: "victim",
            known,
        });
        self.parties
            .push(Party::other(crime, suspect, Role::Victim, known));
    }
}

/// A place in one of the world's tables.
pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).expect("synthetic London holds fewer than 2^32 records")
}
