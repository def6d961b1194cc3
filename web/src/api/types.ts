// What the server answers, by the names that the pages use. `npm run api` generates schema.d.ts from the
// server's description of its API.

import type { components } from './schema';

type Schemas = components['schemas'];

export type Session = Schemas['SessionView'];
export type Limits = Session['limits'];
export type Role = Schemas['Role'];

export type Condition = Schemas['ConditionCode'];
export type Measurement = Schemas['MeasurementCode'];
export type Trouble = Schemas['TroubleView'];
export type ReasonCode = Schemas['ReasonCode'];
export type ProblemCode = Schemas['ProblemCode'];
export type ServerProblemCode = Schemas['ServerProblemCode'];
export type AddressProblem = 'not_a_url' | 'scheme' | 'excess' | 'too_long';

export type Row = Schemas['ComputerRow'];
export type Facts = Schemas['FactsView'];
export type Sample = Schemas['SampleView'];
export type Blind = Schemas['BlindView'];
export type Sparklines = Schemas['Sparklines'];
export type Overview = Schemas['Overview'];
export type ComputerDetail = Schemas['ComputerDetail'];
export type Process = Schemas['ProcessEntry'];
export type Processes = Schemas['Processes'];

/** A sample of a computer that is polled each second. */
export type CloseUpSample = Schemas['ReadingView'];
/** Whether a computer is polled each second, or why it is not. */
export type CloseUpState = Schemas['CloseUpState'];
export type Now = Schemas['Now'];

export type Buckets = Schemas['SeriesBuckets'];
export type History = Schemas['History'];
export type Completeness = Schemas['CompletenessView'];
export type OutageTold = Schemas['OutageView'];
/** With its label in the reader's language. */
export type SeriesEntry = Omit<Schemas['SeriesEntry'], 'labels'>;
export type SeriesList = Omit<Schemas['SeriesList'], 'series'> & { series: SeriesEntry[] };
export type LabelledSeries = Schemas['SeriesList'];

export type Storage = Schemas['StorageView'];
/** What became of a computer that was put. */
export type Put = Schemas['Put'];
/** A computer that was removed, and may be restored until it is gone. */
export type Removed = Schemas['RemovedEntry'];
export type ConnectionTest = Schemas['ConnectionResult'];

export type OwnSession = Schemas['SessionEntry'];
export type TokenAccess = Schemas['TokenAccess'];
/** A token for programs, without its secret. */
export type ApiToken = Schemas['TokenEntry'];
/** The one time that the secret is shown. */
export type NewToken = Schemas['NewTokenView'];
export type Account = Schemas['AccountEntry'];

/** What somebody did. */
export type AuditEntry = Schemas['AuditRow'];
export type AuditChange = Schemas['Change'];
