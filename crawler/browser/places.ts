/** Places of which so many are taken at once; who waits for one gets it in the order of asking. */
export interface Places {
  /** Resolves once there is a place, with what gives it back; calling that again does nothing. */
  take(): Promise<() => void>;
}

export function createPlaces(count: number): Places {
  let free = count;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      let taken = true;
      return () => {
        if (taken) leave();
        taken = false;
      };
    },
  };
}
