// The server's responses, under the names that the pages use. `npm run api` generates schema.d.ts
// from the server's API description.

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

/** A sample of a close-up. */
export type CloseUpSample = Schemas['ReadingView'];
/** Whether a close-up is running, or why it is not. */
export type CloseUpState = Schemas['CloseUpState'];
export type Now = Schemas['Now'];

export type Buckets = Schemas['SeriesBuckets'];
export type History = Schemas['History'];
export type Completeness = Schemas['CompletenessView'];
export type ApiOutage = Schemas['OutageView'];
/** With its label in the reader's language. */
export type SeriesEntry = Omit<Schemas['SeriesEntry'], 'labels'>;
export type SeriesList = Omit<Schemas['SeriesList'], 'series'> & { series: SeriesEntry[] };
export type LabelledSeries = Schemas['SeriesList'];

export type Storage = Schemas['StorageView'];
/** The result of putting a computer. */
export type Put = Schemas['Put'];
/** A removed computer, which can be restored until it is deleted for good. */
export type Removed = Schemas['RemovedEntry'];
export type ConnectionTest = Schemas['ConnectionResult'];

export type OwnSession = Schemas['SessionEntry'];
export type TokenAccess = Schemas['TokenAccess'];
/** A token for programs, without its secret. */
export type ApiToken = Schemas['TokenEntry'];
/** The only response that contains the secret. */
export type NewToken = Schemas['NewTokenView'];
export type Account = Schemas['AccountEntry'];

/** An action in the audit log. */
export type AuditEntry = Schemas['AuditRow'];
export type AuditChange = Schemas['Change'];
