import type { Caller } from "../access/caller";
import type { Action } from "../access/may";
import type { Db } from "../store/store";
import { demand, recordable, type Door, type Outcome } from "./door";
import { environmentFor, type EnvironmentRow } from "./environments";
import { attemptUnder, requireStep } from "./incident-row";
import type { SecretPlace } from "./vault";

/**
 * Makes one change to one secret, as a step of an incident if the place names one: the environment found and the
 * policy asked, inside the transaction.
 */
export type PlaceChange = <T>(
  caller: Caller,
  action: Action,
  place: SecretPlace,
  work: (tx: Db, environment: EnvironmentRow) => Promise<Outcome<T>>,
) => Promise<T>;

/** The door, as changes to a secret use it. */
export function placeChanger(door: Door): PlaceChange {
  return (caller, action, place, work) => {
    const { name, incident } = place;
    const attempt = {
      ...attemptUnder(caller, action, incident),
      environment: place.environment,
      target: recordable(name),
    };
    return door.change(caller, attempt, async (tx) => {
      const environment = await environmentFor(door, tx, caller, place.environment);
      demand(caller, action, { environment, name });
      if (incident !== undefined) await requireStep(tx, caller, environment, place, incident);
      return { environment: environment.slug, ...(await work(tx, environment)) };
    });
  };
}
