"""The procedure, pure: no database, no framework, no clock of its own. Every rule takes what it needs, `now`
too.

- `events`: Event, EventKind, Stage, Party, Outcome: the words a case's history is told in.
- `calendar`: Calendar, ENGLAND_AND_WALES. `clocks`: within_working_days, working_days_before, months_after,
act_by,
  one_week_before, london_date, day_end, combine_london, ages. `explain`: explain(kind, day, n, calendar).
- `obligation`: Obligation, ClockSettings, State, state(obligation, now). `obligations`: obligations(events,
...).
- `history`: History(events, calendar, settings), which these take: `positions.positions(history)`,
  `positions.may_be_deemed(history, party, now)`, `positions.differences(history)`.
- `criteria`: what a referral and a decision must answer. `catalogue`: CATALOGUE of every duty;
`marks.duty(*ids)`
  marks the function that carries one; `proofs.tests_by_duty(folder)` finds the tests that prove it.
"""
