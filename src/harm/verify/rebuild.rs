//! Where a past list is made again.

use anyhow::{Context, Result, ensure};

use super::rows::{self, Found};
use super::{Verified, head};
use crate::harm::counts;
use crate::harm::list::{self, List};
use crate::harm::point_in_time::Past;
use crate::harm::ranking;
use crate::harm::sql::{Bound, FROZEN, ListContext, ListSql};
use crate::model::as_of::AsOf;
use crate::model::restricted::Room;
use crate::store::Store;
use crate::store::inputs::{self, Owner};

/// Past lists are made again in the warehouse as it stood.
pub struct Workshop {
    past: Past,
}

impl Workshop {
    pub fn open(store: &Store) -> Result<Self> {
        Past::open(store, Room::Open).map(|past| Self { past })
    }

    /// Makes a list again and compares.
    pub fn verify(&mut self, list: &List) -> Result<Verified> {
        let connection = self.past.connection();
        let texts = inputs::kept(connection, Owner::List(list.list_id))?;
        ensure!(
            !texts.is_empty(),
            "list {} was made before its texts were kept; it cannot be made again",
            list.list_id
        );
        self.past.stand_on(list.known_at, &texts)?;
        let connection = self.past.connection();
        let previous = match list.previous_id {
            Some(previous_id) => Some(
                list::by_id(connection, previous_id)?
                    .with_context(|| format!("list {previous_id}, the one before, is gone"))?,
            ),
            None => None,
        };
        let occasion = ListContext {
            list_id: list.list_id,
            as_of: AsOf(list.as_of),
            marks_known_at: list.marks_known_at,
            decisions_known_at: list.decisions_known_at,
            previous: previous.as_ref(),
        };
        let bound = Bound::new(&list.settings, occasion);
        let statements = ListSql::of(&texts);
        ranking::compute(
            connection,
            &statements,
            &list.settings,
            AsOf(list.as_of),
            &bound,
        )?;
        let counts = counts::take(connection, statements.counts()?, &bound)?;
        let mut found = Found::default();
        for frozen in FROZEN {
            let is_due = ranking::is_due(frozen, previous.as_ref());
            rows::compare(
                connection,
                (frozen, is_due),
                &statements,
                &bound,
                &mut found,
            )?;
        }
        ranking::drop_working(connection)?;
        Ok(Verified {
            list_id: list.list_id,
            as_of: AsOf(list.as_of),
            rows: found.rows,
            people: found.people(),
            list: [
                head::differing(list, &texts)?,
                found.list,
                head::differing_counts(&list.counts, &counts)?,
            ]
            .concat(),
        })
    }
}
