"""A rule as boxes, as the API has it."""

from typing import Annotated, Self

from pydantic import Field

from alerts.rules.boxes import Boxes, NearBox
from wirewatch.api.model import Body, Bool, Int
from wirewatch.api.rule_models import RuleText

Lines = Annotated[tuple[Annotated[str, Field(max_length=2000)], ...], Field(max_length=20_000)]


class NearModel(Body):
    """Any of `left` has at most `distance` words between it and any of `right`; `ordered`: and stands before it."""

    left: Lines
    right: Lines
    distance: Annotated[Int, Field(ge=0, le=50)] = 4
    ordered: Bool = False


class BoxesModel(Body):
    """All of these must be true. `any_of`, `in_title`: lists of which one line is enough. `rest`: what is no box, as text. `remarks`: the
    comments at the head of the text. A line may end with a comment, or be one: `# ...`."""

    all_of: Lines = ()
    any_of: Annotated[tuple[Lines, ...], Field(max_length=100)] = ()
    none_of: Lines = ()
    in_title: Annotated[tuple[Lines, ...], Field(max_length=100)] = ()
    near: Annotated[tuple[NearModel, ...], Field(max_length=100)] = ()
    rest: Annotated[str, Field(max_length=100_000)] = ""
    remarks: Lines = ()

    @classmethod
    def of_boxes(cls, boxes: Boxes) -> Self:
        return cls(
            all_of=boxes.all_of,
            any_of=boxes.any_of,
            none_of=boxes.none_of,
            in_title=boxes.in_title,
            near=tuple(
                NearModel(left=one.left, right=one.right, distance=one.distance, ordered=one.ordered)
                for one in boxes.near
            ),
            rest=boxes.rest,
            remarks=boxes.remarks,
        )

    def boxes(self) -> Boxes:
        return Boxes(
            all_of=self.all_of,
            any_of=self.any_of,
            none_of=self.none_of,
            in_title=self.in_title,
            near=tuple(NearBox(one.left, one.right, one.distance, one.ordered) for one in self.near),
            rest=self.rest,
            remarks=self.remarks,
        )


class FillBody(BoxesModel):
    """Boxes. `query`: the text that they show; what stands in several lines there does so again."""

    query: RuleText = ""
