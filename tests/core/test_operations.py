from django.db import migrations, models
from django.db.migrations.state import ProjectState

from core.operations import CreateModels


def _two() -> CreateModels:
    key = ("id", models.BigAutoField(primary_key=True))
    return CreateModels(
        models=[
            migrations.CreateModel(
                "Hen", [key, ("came_from", models.ForeignKey("core.Egg", models.CASCADE, null=True))]
            ),
            migrations.CreateModel("Egg", [key, ("laid_by", models.ForeignKey("core.Hen", models.CASCADE, null=True))]),
        ]
    )


def test_draws_the_project_again_only_when_it_is_wanted():
    state = ProjectState()
    assert state.apps is not None
    _two().state_forwards("core", state)
    assert "apps" not in vars(state)
    assert state.apps.get_model("core", "Egg")._meta.get_field("laid_by").related_model.__name__ == "Hen"


def test_says_how_it_is_written_down_again():
    name, positional, named = _two().deconstruct()
    assert (name, positional) == ("CreateModels", [])
    assert [each.name for each in CreateModels(**named).models] == ["Hen", "Egg"]
