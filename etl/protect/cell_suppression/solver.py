"""Linear and integer programmes, each solved many times with other objectives and bounds: HiGHS, with a warm start."""

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

Numbers = NDArray[np.float64]
# An answer in whole numbers need not be the best one.
GAP = 0.2
PRIMAL = 4
# Many small programmes are asked, of which any answer will do: what HiGHS does at the start of a large one does not
# pay, cuts cost more than the branches that they save, and bounds that are moved about at random must be moved back.
OPTIONS: dict[str, bool | float | str] = {
    "parallel": "off",  # and not `threads`: that a process has for all its programmes, also those of other libraries
    "mip_rel_gap": GAP,
    "simplex_strategy": PRIMAL,
    "primal_simplex_bound_perturbation_multiplier": 0.0,
    "dual_simplex_cost_perturbation_multiplier": 0.0,
    "mip_detect_symmetry": False,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_pool_soft_limit": 10,
    "mip_pool_age_limit": 1,
    "mip_lp_age_limit": 1,
}
# A larger programme is quicker from a cold start, as HiGHS presolves only then.
WARM = 7_500
NO_LIMIT = 2**31 - 1


class _Quiet(highspy.Highs):
    """HiGHS without its banner: from 1.16 on it prints one before options can be set, unless switched off here."""

    def enableCallbacks(self) -> None:  # noqa: N802  the library's name
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


class Programme:
    """`matrix @ x = right` (nothing where not given). In fractions, each answer begins from the one before."""

    def __init__(self, matrix: csc_array, right: Numbers | None = None, *, whole: bool = False) -> None:
        rows, size = matrix.shape
        right = np.zeros(rows) if right is None else right
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = size, rows
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(size), np.zeros(size), np.zeros(size)
        model.row_lower_, model.row_upper_ = right, right
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * size
        self.columns = np.arange(size, dtype=np.int32)
        self.highs = _Quiet()
        for name, value in OPTIONS.items():
            self.highs.setOptionValue(name, value)
        self.highs.passModel(model)

    def solve(self, aim: Numbers, low: Numbers, high: Numbers, nodes: int = NO_LIMIT) -> Numbers | None:
        """An `x` from `low` to `high` with the least `aim @ x`; None where there is none, or none is found in so
        many nodes."""
        self.highs.changeColsCost(self.columns.size, self.columns, aim)
        self.highs.changeColsBounds(self.columns.size, self.columns, low, high)
        self.highs.setOptionValue("mip_max_nodes", nodes)
        if self.columns.size > WARM:
            self.highs.clearSolver()
        self.highs.run()
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kNotset:
            raise RuntimeError("HiGHS did not look for an answer.")
        if self.highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        return np.array(self.highs.getSolution().col_value)
