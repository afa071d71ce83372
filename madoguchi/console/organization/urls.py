from __future__ import annotations

from django.urls import path

from madoguchi.console.organization import brands, departments, markets, people, stores

urlpatterns = [
    path("organization", brands.home, name="organization"),
    path("organization/brands", brands.listing, name="brands"),
    path("organization/brands/new", brands.new, name="brand_new"),
    path("organization/brands/<str:public_id>", brands.edit, name="brand"),
    path("organization/brands/<str:public_id>/icon", brands.icon, name="brand_icon"),
    path("organization/stores", stores.listing, name="stores"),
    path("organization/stores/new", stores.new, name="store_new"),
    path("organization/stores/<str:public_id>", stores.edit, name="store"),
    path("organization/departments", departments.listing, name="departments"),
    path("organization/departments/new", departments.new, name="department_new"),
    path("organization/departments/<slug:code>", departments.edit, name="department"),
    path("organization/markets", markets.listing, name="markets"),
    path("organization/markets/new", markets.new, name="market_new"),
    path("organization/markets/<slug:code>", markets.edit, name="market"),
    path("organization/staff", people.listing, name="people"),
    path("organization/staff/new", people.new, name="person_new"),
    path("organization/staff/<str:public_id>", people.person, name="person"),
    path("organization/staff/<str:public_id>/postings", people.add_posting, name="posting_new"),
    path("organization/staff/<str:public_id>/postings/<int:posting_id>/end", people.end_posting, name="posting_end"),
    path("organization/staff/<str:public_id>/activity", people.set_active, name="person_activity"),
    path("organization/staff/<str:public_id>/password", people.reset_password, name="person_password"),
]
