//! The coarsest division of the counts that every cell is a union of: two
//! finest counts that the same cells hold are one class.

use std::collections::BTreeMap;

use super::cell_bounds::Extent;
use super::table::Table;

/// The classes of some extents.
#[derive(Debug)]
pub(super) struct Classes {
    /// How many each class counts.
    pub(super) counts: Vec<i64>,
    /// The classes of each extent, in order.
    pub(super) sets: Vec<Vec<usize>>,
    /// Finest counts of each class, as blocks.
    blocks: Vec<Vec<[usize; 3]>>,
    axes: [Axis; 3],
}

/// One dimension, divided.
#[derive(Debug)]
struct Axis {
    /// The division that each number belongs to.
    division: Vec<usize>,
    /// The divisions that each extent spans.
    spans: Vec<Vec<usize>>,
}

/// Divides what `table` counts so that each extent is a union of classes.
pub(super) fn divide(table: &Table, extents: &[Extent]) -> Classes {
    let axes = [
        Axis::new(table.months.count(), extents, |e| {
            (e.months.0..e.months.1).collect()
        }),
        Axis::new(table.areas.len(), extents, |e| e.areas.clone()),
        Axis::new(table.groups.len(), extents, |e| e.groups.clone()),
    ];
    let mut holders: BTreeMap<[usize; 3], Vec<usize>> = BTreeMap::new();
    for extent in 0..extents.len() {
        for block in blocks_of(&axes, extent) {
            holders.entry(block).or_default().push(extent);
        }
    }
    let mut classes = Classes {
        counts: Vec::new(),
        sets: vec![Vec::new(); extents.len()],
        blocks: Vec::new(),
        axes,
    };
    let class_of = classes.gather(holders);
    for (at, count) in table.counts() {
        let block = [0, 1, 2].map(|axis| classes.axes[axis].division[at[axis]]);
        if let Some(&class) = class_of.get(&block) {
            classes.counts[class] += count;
        }
    }
    classes
}

impl Classes {
    pub(super) fn count(&self, classes: &[usize]) -> i64 {
        classes.iter().map(|&class| self.counts[class]).sum()
    }

    /// The finest months, areas and groups that some classes reach over.
    pub(super) fn reach(&self, classes: &[usize]) -> [Vec<usize>; 3] {
        [0, 1, 2].map(|axis| {
            let Axis { division, .. } = &self.axes[axis];
            let held = |number: &usize| {
                let blocks = classes.iter().flat_map(|&class| &self.blocks[class]);
                blocks
                    .map(|block| block[axis])
                    .any(|own| own == division[*number])
            };
            (0..division.len()).filter(held).collect()
        })
    }

    /// Makes one class of the blocks that the same extents hold.
    fn gather(&mut self, holders: BTreeMap<[usize; 3], Vec<usize>>) -> BTreeMap<[usize; 3], usize> {
        let mut known: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut class_of = BTreeMap::new();
        for (block, extents) in holders {
            let class = *known.entry(extents).or_insert_with_key(|extents| {
                for &extent in extents {
                    self.sets[extent].push(self.counts.len());
                }
                self.counts.push(0);
                self.blocks.push(Vec::new());
                self.counts.len() - 1
            });
            self.blocks[class].push(block);
            class_of.insert(block, class);
        }
        class_of
    }
}

impl Axis {
    fn new(size: usize, extents: &[Extent], numbers: impl Fn(&Extent) -> Vec<usize>) -> Self {
        let mut distinct: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut own = Vec::new();
        for extent in extents {
            let next = distinct.len();
            own.push(*distinct.entry(numbers(extent)).or_insert(next));
        }
        let mut holders = vec![Vec::new(); size];
        for (numbers, &set) in &distinct {
            for &number in numbers {
                holders[number].push(set);
            }
        }
        let mut known: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut spans = vec![Vec::new(); distinct.len()];
        let division = holders
            .into_iter()
            .map(|sets| {
                let next = known.len();
                *known.entry(sets).or_insert_with_key(|sets| {
                    for &set in sets {
                        spans[set].push(next);
                    }
                    next
                })
            })
            .collect();
        Self {
            division,
            spans: own.into_iter().map(|set| spans[set].clone()).collect(),
        }
    }
}

fn blocks_of(axes: &[Axis; 3], extent: usize) -> impl Iterator<Item = [usize; 3]> {
    let [months, areas, groups] = [0, 1, 2].map(|axis| &axes[axis].spans[extent]);
    months.iter().flat_map(move |&month| {
        areas
            .iter()
            .flat_map(move |&area| groups.iter().map(move |&group| [month, area, group]))
    })
}
