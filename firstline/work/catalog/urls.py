from django.urls import path

from .screens import categories, offerings

app_name = "catalog"
urlpatterns = [
    path("catalog", offerings.offerings, name="offerings"),
    path("catalog/new", offerings.new, name="new"),
    path("catalog/ready", categories.ready, name="ready"),
    path("catalog/categories", categories.categories, name="categories"),
    path("catalog/categories/new", categories.new, name="new_category"),
    path("catalog/categories/<int:pk>", categories.category, name="category"),
    path("catalog/<int:pk>", offerings.offering, name="offering"),
    path("catalog/<int:pk>/publication", offerings.publication, name="publication"),
    path("catalog/<int:pk>/review", offerings.review, name="review"),
    path("catalog/<int:pk>/copy", offerings.duplicate, name="duplicate"),
]
