"""Services, their owners and dependencies, question trees and the priority matrix."""
