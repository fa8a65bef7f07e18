"""Messages of CKAN and ckanext-scheming that our pages show in better words.

Their Chinese catalogue leaves them untranslated, or speaks of groups and organizations
where the Measures speak of units. Our catalogue is merged over theirs, so listing them
here is enough. One of the words of `requests.states` is too short to be found in data.
"""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802  the name that gettext gives it
    """Mark a message for the extractor, and give it back as it is."""
    return text


CORE = (
    N_("Organization does not exist"),
    N_("You cannot add a dataset to this organization"),
    N_("That group name or ID does not exist."),
    N_("Group name already exists in database"),
    N_("Organization not found"),
    N_("Organization was not found."),
    N_("Group was not found."),
    N_("User %s not authorized to create groups"),
    N_("User %s not authorized to create organizations"),
    N_("User %s not authorized to edit organization %s"),
    N_("User %s not authorized to delete organization %s"),
    N_("User %s not authorized to delete organizations"),
    N_("User %s not authorized to add dataset to this organization"),
    N_("Unauthorized to delete group %s"),
    N_("My Organization"),
    N_("A little information about my organization..."),
    N_("Datasets with no organization can't be private."),
    N_("DataStore"),
    N_('unexpected choice "%s"'),
    N_("Select at least one"),
    N_("Date format incorrect"),
    N_("Time format incorrect"),
    N_("Invalid JSON string: {}"),
    N_("Missing value"),
    N_("Missing Value"),
    N_("Please enter an integer value"),
    N_("Please enter a floating point value"),
    N_("Must be a Unicode string value"),
    N_("Invalid integer"),
    N_("Must be a natural number"),
    N_("Must be a positive integer"),
    N_("Name must be a maximum of %i characters long"),
    N_("Names must be strings"),
    N_("That name cannot be used"),
    N_("Must be at least %s characters long"),
    N_(
        "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"
    ),
    N_("That URL is already in use."),
    N_("An organization must be provided"),
    N_("You cannot move this dataset to another organization"),
    N_("Id already exists"),
    N_("Resource id already exists."),
    N_("Invalid id provided"),
    N_("Dataset not found: %s"),
    N_("Resource not found: %s"),
    N_("User not found: %s"),
    N_("Group not found: %s"),
    N_(
        'Tag "%s" can only contain alphanumeric characters, spaces (" '
        '"), hyphens ("-"), underscores ("_") or dots (".")'
    ),
    N_(
        "The username is already associated with another account. "
        "Please use a different username."
    ),
    N_("That login name can not be modified."),
    N_("Please enter both passwords"),
    N_("Passwords must be strings"),
    N_("Your password must be 8 characters or longer"),
    N_("The passwords you entered do not match"),
    N_("Email {email} is not a valid format"),
    N_("The email address '{email}' belongs to a registered user."),
    N_("Not a string: %s"),
    N_("Must be a dict"),
    N_("Value must be one of %s"),
    N_("Value must be boolean or one of: %s"),
    N_("The value should be a valid JSON object"),
    N_("Could not parse the value as a valid JSON object"),
    N_("Organization cannot be deleted while it still has datasets"),
    N_('Role must be one of "{}"'),
    N_("Package not found"),
    N_("Dataset not found"),
    N_("Resource not found"),
    N_("Resource view was not found."),
    N_("User was not found."),
    N_("Type cannot be updated"),
    N_("Not authorized to see this page"),
    N_("Unauthorized to revoke API tokens."),
    N_("Unauthorized to create API tokens."),
    N_("Unauthorized to view API tokens."),
    N_("Unauthorized to request reset password."),
    N_("Unauthorized to reset password."),
    N_("Login failed. Bad username or password."),
    N_("Login failed. Bad username or password or CAPTCHA."),
    N_("Email is required"),
    N_("Error sending the email. Try again later or contact an administrator for help"),
    N_(
        "A reset link has been emailed to you (unless the account "
        "specified does not exist)"
    ),
    N_("Your password has been reset."),
    N_("Invalid reset key. Please try again."),
    N_("Profile updated"),
    N_("Old Password"),
    N_("Password"),
    N_("Confirm Password"),
    N_("Confirm"),
    N_("Change details"),
    N_("Change password"),
    N_("Update Profile"),
    N_("Update Password"),
    N_("Reset your password"),
    N_("Reset Your Password"),
    N_("Password Reset"),
    N_("Email or username"),
    N_("Request Reset"),
    N_("How does this work?"),
    N_(
        "Enter your email address or username into the box and we will "
        "send you an email with a link to enter a new password."
    ),
    N_("Simply enter a new password and we'll update your account"),
    N_("You can also change username. It can not be modified later."),
    N_("You need to log out before you can log in with another account."),
    N_("Required field"),
    N_("The form contains invalid entries:"),
    N_("Token"),
    N_("Created"),
    N_("Last access"),
    N_("Never"),
    N_("Create API Token"),
    N_("API Tokens"),
    N_("Revoke tokens"),
    N_("Are you sure you want to revoke these tokens?"),
    N_("Copy to clipboard"),
    N_(
        "API Token created: <code "
        'style="word-break:break-all;">{token}</code> {copy}<br>Make '
        "sure to copy it now, you won't be able to see it again!"
    ),
    N_("Are you sure you want to perform this action?"),
    N_("Cancel"),
    N_("Close"),
    N_("Submit"),
    N_("Delete"),
    N_("Save"),
    N_("Add"),
    N_("Remove"),
    N_("Upload"),
    N_("Link"),
    N_("File"),
    N_("Image"),
    N_("Upload a file on your computer"),
    N_("Update"),
    N_("Edit"),
    N_("Manage"),
    N_("Create Organization"),
    N_("Add Organization"),
    N_("Organizations"),
    N_("Organization"),
    N_("Update Organization"),
    N_("Save Organization"),
    N_("Create an Organization"),
    N_("Organization Form"),
    N_("There is no description for this organization."),
    N_(
        "Are you sure you want to delete this Organization? Note*: "
        "Deleting cannot be performed while public or private datasets "
        "belong to this organization."
    ),
    N_("Group not found"),
    N_("Unauthorized to create a group"),
    N_("User %r not authorized to edit %s"),
    N_(
        'You can use <a href="#markdown" title="Markdown quick '
        'reference" data-bs-toggle="popover" '
        'data-bs-content="%(markdown_tooltip)s" '
        'data-bs-html="true">Markdown formatting</a> here'
    ),
    N_("Unsupported format"),
    N_("DataStore resource not found"),
    N_('Resource "{0}" was not found.'),
    N_('Resource/Alias "{0}" was not found.'),
    N_("Access denied"),
    N_("Not found"),
    N_("Invalid search query: {error_message}"),
    N_("Data"),
    N_("Optional"),
    N_("Required"),
    N_("time"),
)
