"""The results of one or several runs, read from their JSON lines."""
import json
import statistics

# A round during which others used more of the machine's CPU, or other virtual machines took more away from it, than
# this counts as disturbed.
OTHERS_PERCENT, STOLEN_PERCENT = 15, 5


def is_disturbed(metrics):
    return metrics["bg_pct"] > OTHERS_PERCENT or metrics.get("steal_pct", 0) > STOLEN_PERCENT


class Results:
    def __init__(self):
        self.runs = []
        self._rounds = {}  # (mode, system) -> metrics of each round
        self._problems = {}
        self._order = {}

    @staticmethod
    def read(files):
        results = Results()
        for file in files:
            for line in open(file):
                results._add(json.loads(line))
        return results

    def _add(self, record):
        if record["record"] == "run":
            self.runs.append(record)
            return
        key = record["mode"], record["system"]
        systems = self._order.setdefault(record["mode"], [])
        if record["system"] not in systems:
            systems.append(record["system"])
        for problem in record.get("problems", []):
            self._problems.setdefault(key, {}).setdefault(problem, []).append(record["round"])
        if record["status"] == "ok":
            self._rounds.setdefault(key, []).append(record["metrics"])

    def modes(self):
        return sorted(self._order, reverse=True)  # 'on' first

    def systems(self, mode):
        """Those with at least one round, in the order of the run."""
        return [system for system in self._order.get(mode, []) if (mode, system) in self._rounds]

    def rounds(self, mode, system):
        """Without disturbed rounds, unless all were."""
        rounds = self._rounds.get((mode, system), [])
        return [metrics for metrics in rounds if not is_disturbed(metrics)] or rounds

    def disturbed(self, mode, system):
        return sum(map(is_disturbed, self._rounds.get((mode, system), [])))

    def problems(self, mode):
        """Lines that say what did not work, for systems that have no round at all, too."""
        for system in self._order[mode]:
            for problem, rounds in self._problems.get((mode, system), {}).items():
                yield f"{system}, round {', '.join(map(str, rounds))}: {problem}"

    def values(self, mode, system, key):
        return [metrics[key] for metrics in self.rounds(mode, system) if isinstance(metrics.get(key), (int, float))]

    def median(self, mode, system, key):
        values = self.values(mode, system, key)
        return statistics.median(values) if values else None

    def ratio(self, mode, system, reference, key):
        value, base = self.median(mode, system, key), self.median(mode, reference, key)
        return value / base if value is not None and base else None
