"""Accounts in Django's admin, for superusers of the installation; sign-in and second factor stay allauth's."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from pcu.accounts.models import Membership, Unit, User

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth wraps the site's own view so
# The admin is for superusers alone: it knows no unit, so nobody with less may see through it.
admin.site.has_permission = lambda request: request.user.is_active and request.user.is_superuser  # type: ignore[method-assign]  # Django has no setting for it


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "kind", "country", "post", "time_zone", "history_since"]
    readonly_fields = ["ref", "path"]


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1


@admin.register(User)
class AccountAdmin(UserAdmin):
    inlines = [MembershipInline]
    list_display = ["username", "first_name", "last_name", "kind", "is_active", "is_superuser"]
    list_filter = ["kind", "is_active"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["kind", "first_name", "last_name", "language"]}),
        (_("State"), {"fields": ["is_active", "is_superuser", "last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type[admin.options.InlineModelAdmin]]:
        return [MembershipInline] if obj else []
