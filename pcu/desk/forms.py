"""Forms drawn with our own templates."""

from django.forms.renderers import TemplatesSetting


class DeskRenderer(TemplatesSetting):
    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"
