"""What an analysis finds: numbers with their uncertainty, how they were found, and what stands against them."""

from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from interlayer.quantity import StrictModel

if TYPE_CHECKING:
    import pandas as pd


class Finding(StrictModel):
    """One number of an analysis.

    `name` is a stable key such as ``R1`` or ``retention``, `unit` is "" for a pure number. `uncertainty` is one
    standard deviation in the same unit; where it is None, `uncertainty_reason` says why there is none. `method` is one
    line; `references` are keys of the bibliography. `value` is None where the data cannot carry an answer.
    """

    name: str
    value: float | None
    unit: str
    uncertainty: float | None = None
    uncertainty_reason: str = ""
    method: str
    references: list[str] = Field(default_factory=list)
    note: str = ""

    @model_validator(mode="after")
    def _says_why_it_is_not_certain(self) -> "Finding":
        if self.uncertainty is None and not self.uncertainty_reason:
            raise PydanticCustomError("no_uncertainty", "a finding needs an uncertainty or a reason for having none")
        return self


class Analysis(StrictModel):
    """The findings of one analysis of one record.

    `kind` is what was analysed (``eis``, ``gitt``, ``cv``, ``cycling``, ...); `source` names the file or cell;
    `warnings` say where the data do not carry the answer; `methods` is a paragraph for a paper; `details` holds
    curves and tables of the analysis under names of its own, in plain lists and numbers with units in the names.
    """

    kind: str
    source: str
    findings: list[Finding]
    warnings: list[str] = Field(default_factory=list)
    methods: str
    references: list[str] = Field(default_factory=list)
    details: dict[str, Any] = Field(default_factory=dict)

    def __getitem__(self, name: str) -> Finding:
        """Return the finding of this name; KeyError where there is none."""
        for finding in self.findings:
            if finding.name == name:
                return finding
        raise KeyError(name)

    def frame(self) -> "pd.DataFrame":
        """Return the findings as a pandas table, one row each."""
        import pandas as pd

        return pd.DataFrame([finding.model_dump(exclude={"references"}) for finding in self.findings])
