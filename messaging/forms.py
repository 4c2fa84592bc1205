"""What people choose about their messages."""

from typing import Any

from django import forms

from messaging import texts


class TopicsForm(forms.Form):
    """Optional topics; a ticked one is wanted."""

    topics = forms.MultipleChoiceField(label="想收到哪些提醒", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(topic.code, f"{topic.name}：{topic.hint}") for topic in texts.topics()]
