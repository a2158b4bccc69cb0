/** The profiles, and the actions on them. Changes of the settings belong to the current profile: they are stored in it when another profile is chosen. */

import {
  addProfile,
  DEFAULT_SETTINGS,
  freeName,
  MAX_PROFILES,
  type Profile,
  type ProfileSettings,
  type Profiles,
  profileFile,
  readProfileFile,
} from "./profiles.ts";

export interface ProfileWays {
  readonly list: readonly Profile[];
  readonly current: Profile;
  choose(id: string): void;
  /** Adds a profile of the present settings and chooses it. */
  add(name: string): void;
  rename(id: string, name: string): void;
  /** Removes a profile; the last one can't be removed. */
  remove(id: string): void;
  /** Sets the current profile to the monitor's default settings. */
  reset(): void;
  exported(): string;
  /** Adds the profiles of a file's text; returns what to tell the user. */
  imported(file: string, text: string): string;
  readonly isFull: boolean;
}

export function useProfiles(
  { list, current }: Profiles,
  store: (profiles: Profiles) => void,
  settings: ProfileSettings,
  apply: (settings: ProfileSettings) => void,
): ProfileWays {
  /** Returns the profiles, the current one with the settings that are in use. */
  const whole = (): readonly Profile[] => list.map((profile) => (profile.id === current ? { ...profile, settings } : profile));
  return {
    list,
    current: list.find(({ id }) => id === current) ?? list[0],
    isFull: list.length >= MAX_PROFILES,
    choose: (id) => {
      const chosen = list.find((profile) => profile.id === id);
      if (!chosen || id === current) return;
      store({ list: whole(), current: id });
      apply(chosen.settings);
    },
    add: (name) => {
      const longer = addProfile(whole(), name, settings);
      store({ list: longer, current: longer[longer.length - 1].id });
    },
    rename: (id, name) => {
      const others = list.filter((profile) => profile.id !== id);
      store({ list: whole().map((profile) => (profile.id === id ? { ...profile, name: freeName(others, name) } : profile)), current });
    },
    remove: (id) => {
      const left = whole().filter((profile) => profile.id !== id);
      if (left.length === 0) return;
      store({ list: left, current: id === current ? left[0].id : current });
      if (id === current) apply(left[0].settings);
    },
    reset: () => apply(DEFAULT_SETTINGS),
    exported: () => profileFile(whole()),
    imported: (file, text) => {
      const read = readProfileFile(text);
      if (!read.ok) return `${file} ${read.message}.`;
      let longer = whole();
      for (const { name, settings: theirs } of read.profiles) longer = addProfile(longer, name, theirs);
      const added = longer.slice(list.length).map(({ name }) => name);
      store({ list: longer, current });
      if (added.length === 0) return `There are ${MAX_PROFILES} profiles already: nothing was added.`;
      const left = read.profiles.length - added.length;
      return `Added ${added.join(", ")}${left > 0 ? `; ${left} more would be too many` : ""}.`;
    },
  };
}
